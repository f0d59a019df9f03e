//! The root of a growing tree, computed in one pass.

use crate::hash::{self, Hash};

/// The right edge of a tree: the roots of its complete subtrees, largest first. At most 64 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    complete: Vec<Hash>,
}

impl Edge {
    /// The edge of the tree without entries.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge kept earlier by [`Self::size`] and [`Self::complete`]; none if they do not fit each other.
    pub fn restore(size: u64, complete: Vec<Hash>) -> Option<Self> {
        (usize::try_from(size.count_ones()).ok()? == complete.len()).then_some(Self { size, complete })
    }

    /// Adds the hash of the next entry.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        let mut rest = self.size;
        while rest & 1 == 1 {
            if let Some(left) = self.complete.pop() {
                hash = hash::node(&left, &hash);
            }
            rest >>= 1;
        }
        self.complete.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// How many entries the tree has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    pub fn complete(&self) -> &[Hash] {
        &self.complete
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let mut smaller = self.complete.iter().rev();
        let Some(&last) = smaller.next() else { return hash::empty() };
        smaller.fold(last, |right, left| hash::node(left, &right))
    }
}

/// The root of the tree over these hashes.
pub fn root(hashes: &[Hash]) -> Hash {
    let mut edge = Edge::new();
    hashes.iter().for_each(|&hash| edge.push(hash));
    edge.root()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The leaves and roots published for Certificate Transparency's test tree.
    #[test]
    fn roots_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut edge = Edge::new();
        for (size, expected) in roots.iter().enumerate() {
            let root: String = edge.root().0.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(&root, expected, "size {size}");
            let again = Edge::restore(edge.size(), edge.complete().to_vec()).unwrap();
            assert_eq!(again, edge);
            if let Some(entry) = leaves.get(size) {
                edge.push(hash::leaf(entry));
            }
        }
        assert_eq!(Edge::restore(3, vec![hash::empty()]), None);
    }
}
