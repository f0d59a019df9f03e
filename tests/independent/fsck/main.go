// Command fsck verifies a whole tlog-tiles log with golang.org/x/mod: every byte of every file against the signed and
// cosigned checkpoint; then, if given, an earlier checkpoint, a receipt and a consistency proof.
//
// Only the formats around x/mod are read here: paths, bundles, checkpoints, cosignatures, receipts. The hashing, the
// proofs and the signatures are x/mod's.
package main

import (
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	full   = 1 << height
)

// A log is the directory of a log and what has been read from it.
type log struct {
	dir     string
	size    int64
	earlier map[tlog.Tile][]int // widths of the partial files of earlier sizes, by the full tile
	edge    map[int][]byte      // the partial tile of each level
	files   int
}

func main() {
	dir := flag.String("dir", "", "directory of the log")
	logKey := flag.String("log", "", "key of the log")
	quorum := flag.Int("quorum", 0, "how many witnesses must have cosigned")
	maxAge := flag.Int64("max-age", 1<<40, "the oldest cosignature that counts, in seconds")
	old := flag.String("old", "", "file with an earlier checkpoint")
	receipt := flag.String("receipt", "", "file with a receipt")
	entry := flag.String("entry", "", "file with the entry of the receipt")
	consistency := flag.String("consistency", "", "file with a consistency proof")
	flag.Parse()
	trust := newTrust(*logKey, *quorum, *maxAge, flag.Args())

	checkpoint, err := readCheckpoint(filepath.Join(*dir, "checkpoint"), trust, true)
	refuse("checkpoint", err)
	l := &log{dir: *dir, size: checkpoint.N, earlier: map[tlog.Tile][]int{}, edge: map[int][]byte{}}
	refuse("files", l.list())
	refuse("files", l.verify(checkpoint))
	if *old != "" {
		tree, err := readCheckpoint(*old, trust, false)
		refuse("old", err)
		refuse("old", l.continues(tree, checkpoint))
	}
	if *receipt != "" {
		tree, err := verifyReceipt(*receipt, *entry, trust)
		refuse("receipt", err)
		refuse("receipt", l.continues(tree, checkpoint))
	}
	if *consistency != "" {
		refuse("proof", verifyConsistency(*consistency))
	}
	fmt.Printf("sound: %d entries in %d files\n", l.size, l.files)
}

func refuse(part string, err error) {
	if err != nil {
		fmt.Printf("%s: %v\n", part, err)
		os.Exit(1)
	}
}

// path is where C2SP's tlog-tiles has a tile; x/mod names other folders.
func path(t tlog.Tile) string {
	p := strings.TrimPrefix(t.Path(), "tile/8/")
	return "tile/" + strings.Replace(p, "data/", "entries/", 1)
}

func (l *log) read(t tlog.Tile) ([]byte, error) {
	l.files++
	return os.ReadFile(filepath.Join(l.dir, path(t)))
}

// count is how many hashes or entries a level has; entries are level -1.
func (l *log) count(level int) int64 {
	if level < 0 {
		level = 0
	}
	if level > 7 {
		return 0
	}
	return l.size >> (height * level)
}

// list finds the partial files of earlier sizes, and refuses what belongs to no log or lies beyond the checkpoint.
func (l *log) list() error {
	return filepath.WalkDir(l.dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name = strings.TrimPrefix(name, filepath.Clean(l.dir)+"/")
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not an ordinary file", name)
		}
		if name == "checkpoint" {
			return nil
		}
		p := strings.Replace("tile/8/"+strings.TrimPrefix(name, "tile/"), "/entries/", "/data/", 1)
		t, err := tlog.ParseTilePath(p)
		if err != nil || path(t) != name {
			return fmt.Errorf("%s does not belong there", name)
		}
		count, end := l.count(t.L), t.N*full+int64(t.W)
		if t.N > count/full || end > count {
			return fmt.Errorf("%s lies beyond the checkpoint", name)
		}
		if t.W < full && end != count {
			whole := tlog.Tile{H: height, L: t.L, N: t.N, W: full}
			l.earlier[whole] = append(l.earlier[whole], t.W)
		}
		return nil
	})
}

// verify goes once through all entries, then up through all tiles.
func (l *log) verify(checkpoint tlog.Tree) error {
	var roots []byte // of the full tiles of the level below
	leaves := make([]byte, 0, full*tlog.HashSize)
	for begin := int64(0); begin < l.size; begin += full {
		bundle := l.tile(-1, begin/full)
		data, err := l.read(bundle)
		if err != nil {
			return err
		}
		leaves = leaves[:0]
		rest := data
		ends := make([]int, 0, full)
		for i := 0; i < bundle.W; i++ {
			if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
				return fmt.Errorf("%s ends within entry %d", path(bundle), begin+int64(i))
			}
			end := 2 + int(binary.BigEndian.Uint16(rest))
			hash := tlog.RecordHash(rest[2:end])
			leaves = append(leaves, hash[:]...)
			rest = rest[end:]
			ends = append(ends, len(data)-len(rest))
		}
		if len(rest) != 0 {
			return fmt.Errorf("%s has more than its entries", path(bundle))
		}
		begins := func(w int) []byte { return data[:ends[w-1]] }
		if err := l.compareEarlier(bundle, begins); err != nil {
			return err
		}
		if roots, err = l.compare(l.tile(0, begin/full), leaves, roots); err != nil {
			return err
		}
	}
	for level := 1; l.count(level) > 0; level++ {
		var above []byte
		for n := int64(0); n*full < l.count(level); n++ {
			t := l.tile(level, n)
			begin := int(n) * full * tlog.HashSize
			var err error
			if above, err = l.compare(t, roots[begin:begin+t.W*tlog.HashSize], above); err != nil {
				return err
			}
		}
		roots = above
	}
	root, err := rootOf(l)
	if err == nil && root != checkpoint.Hash {
		err = fmt.Errorf("the files have the root %v, the checkpoint states %v", root, checkpoint.Hash)
	}
	return err
}

// tile is the file at this place for the size of the log, full or partial.
func (l *log) tile(level int, n int64) tlog.Tile {
	w := l.count(level) - n*full
	if w > full {
		w = full
	}
	return tlog.Tile{H: height, L: level, N: n, W: int(w)}
}

// compare compares a tile and its earlier partial files with the hashes computed from below. It appends the root of a
// full tile, and keeps a partial one.
func (l *log) compare(t tlog.Tile, want, roots []byte) ([]byte, error) {
	data, err := l.read(t)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(data, want) {
		return nil, fmt.Errorf("%s does not hold the hashes of what it stands for", path(t))
	}
	if err := l.compareEarlier(t, func(w int) []byte { return data[:w*tlog.HashSize] }); err != nil {
		return nil, err
	}
	if t.W < full {
		l.edge[t.L] = data
		return roots, nil
	}
	below := height*(t.L+1) - 1
	left, err := tlog.HashFromTile(t, data, tlog.StoredHashIndex(below, 2*t.N))
	if err != nil {
		return nil, err
	}
	right, err := tlog.HashFromTile(t, data, tlog.StoredHashIndex(below, 2*t.N+1))
	root := tlog.NodeHash(left, right)
	return append(roots, root[:]...), err
}

func (l *log) compareEarlier(t tlog.Tile, begins func(w int) []byte) error {
	t.W = full
	for _, w := range l.earlier[t] {
		t.W = w
		data, err := l.read(t)
		if err != nil {
			return err
		}
		if !bytes.Equal(data, begins(w)) {
			return fmt.Errorf("%s is not how the log began", path(t))
		}
	}
	return nil
}
