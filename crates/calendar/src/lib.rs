#![no_std]
#![forbid(unsafe_code)]
//! Calendar.
extern crate alloc;
