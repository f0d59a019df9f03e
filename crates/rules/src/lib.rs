#![no_std]
#![forbid(unsafe_code)]
//! Rules.
extern crate alloc;
