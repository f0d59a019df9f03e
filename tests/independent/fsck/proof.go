package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// rootOf computes the root from the partial tiles, each of which was compared with what it stands for.
func rootOf(l *log) (tlog.Hash, error) {
	if l.size == 0 {
		return sha256.Sum256(nil), nil
	}
	return tlog.TreeHash(l.size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var hashes []tlog.Hash
		for _, index := range indexes {
			t := tlog.TileForIndex(height, index)
			t.W = len(l.edge[t.L]) / tlog.HashSize
			hash, err := tlog.HashFromTile(t, l.edge[t.L], index)
			if err != nil {
				return nil, err
			}
			hashes = append(hashes, hash)
		}
		return hashes, nil
	}))
}

// Height, ReadTiles and SaveTiles make a log a tlog.TileReader.
func (l *log) Height() int { return height }

func (l *log) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, t := range tiles {
		d, err := os.ReadFile(filepath.Join(l.dir, path(t)))
		if err != nil {
			return nil, err
		}
		data = append(data, d)
	}
	return data, nil
}

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

// continues proves that the log continues one of its earlier states.
func (l *log) continues(old, tree tlog.Tree) error {
	var proof tlog.TreeProof
	if old.N > 0 {
		var err error
		if proof, err = tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, l)); err != nil {
			return err
		}
	}
	return checkTree(proof, tree, old)
}

// checkTree is tlog.CheckTree, which knows no empty tree.
func checkTree(proof tlog.TreeProof, tree, old tlog.Tree) error {
	if old.N > 0 {
		return tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
	}
	if len(proof) != 0 || old.Hash != sha256.Sum256(nil) {
		return errors.New("wrong proof from the empty log")
	}
	return nil
}

func verifyReceipt(file, entryFile string, t *trust) (tree tlog.Tree, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return tree, err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return tree, err
	}
	split := strings.SplitN(string(data), "\n\n", 2)
	lines := strings.Split(split[0], "\n")
	if len(split) != 2 || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return tree, errors.New("not a receipt")
	}
	if strings.HasPrefix(lines[1], "extra ") {
		lines = lines[1:]
	}
	if len(lines) < 2 || !strings.HasPrefix(lines[1], "index ") {
		return tree, errors.New("no index")
	}
	index, err := decodeSize(strings.TrimPrefix(lines[1], "index "))
	if err != nil {
		return tree, err
	}
	hashes, err := decodeHashes(lines[2:])
	if err != nil {
		return tree, err
	}
	if tree, err = openCheckpoint([]byte(split[1]), t, false); err != nil {
		return tree, err
	}
	return tree, tlog.CheckRecord(hashes, tree.N, tree.Hash, index, tlog.RecordHash(entry))
}

func verifyConsistency(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	var old, tree tlog.Tree
	if _, err := fmt.Sscanf(lines[0], "%d %d", &old.N, &tree.N); err != nil || len(lines) < 3 {
		return errors.New("malformed proof")
	}
	hashes, err := decodeHashes(lines[1:])
	if err != nil {
		return err
	}
	old.Hash, tree.Hash = hashes[0], hashes[1]
	return checkTree(hashes[2:], tree, old)
}

func decodeHashes(lines []string) (hashes []tlog.Hash, err error) {
	for _, line := range lines {
		h, err := decodeHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, h)
	}
	return hashes, nil
}
