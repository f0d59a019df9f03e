package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// A trust is whom to believe.
type trust struct {
	origin    string
	quorum    int
	maxAge    int64
	verifiers note.Verifiers
	witnesses map[string]*witness // by name and key id
}

// A witness verifies cosignature/v1, which x/mod does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	t := binary.BigEndian.Uint64(sig)
	return t > 0 && t < 1<<63 && ed25519.Verify(w.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", t, msg)), sig[8:])
}

func newTrust(log string, quorum int, maxAge int64, witnesses []string) *trust {
	verifier, err := note.NewVerifier(log)
	refuse("checkpoint", err)
	t := &trust{origin: verifier.Name(), quorum: quorum, maxAge: maxAge, witnesses: map[string]*witness{}}
	list := []note.Verifier{verifier}
	for _, vkey := range witnesses {
		w, err := newWitness(vkey)
		refuse("checkpoint", err)
		t.witnesses[fmt.Sprintf("%s %08x", w.name, w.hash)] = w
		list = append(list, w)
	}
	t.verifiers = note.VerifierList(list...)
	return t
}

func newWitness(vkey string) (*witness, error) {
	part := strings.SplitN(vkey, "+", 3)
	if len(part) != 3 {
		return nil, errors.New("malformed key of a witness")
	}
	key, err := decode(part[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("not the key of a witness")
	}
	sum := sha256.Sum256(append([]byte(part[0]+"\n"), key...))
	if fmt.Sprintf("%x", sum[:4]) != part[1] {
		return nil, errors.New("the key of a witness does not fit its id")
	}
	return &witness{name: part[0], hash: binary.BigEndian.Uint32(sum[:4]), key: key[1:]}, nil
}

// decode reads base64 that has one spelling only.
func decode(s string) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(s)
	if err == nil && base64.StdEncoding.EncodeToString(b) != s {
		err = errors.New("base64 is not canonical")
	}
	return b, err
}

func decodeHash(s string) (h tlog.Hash, err error) {
	b, err := decode(s)
	if err == nil && len(b) != len(h) {
		err = errors.New("a hash has 32 bytes")
	}
	copy(h[:], b)
	return h, err
}

func decodeSize(s string) (int64, error) {
	if !decimal.MatchString(s) {
		return 0, errors.New("not a plain decimal")
	}
	return strconv.ParseInt(s, 10, 64)
}

func readCheckpoint(file string, t *trust, fresh bool) (tlog.Tree, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	return openCheckpoint(data, t, fresh)
}

func openCheckpoint(data []byte, t *trust, fresh bool) (tree tlog.Tree, err error) {
	n, err := note.Open(data, t.verifiers)
	if err != nil {
		return tree, err
	}
	if err := t.count(data, n, fresh); err != nil {
		return tree, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return tree, errors.New("a checkpoint has three lines")
	}
	if lines[0] != t.origin {
		return tree, errors.New("a checkpoint of another log")
	}
	if tree.N, err = decodeSize(lines[1]); err != nil {
		return tree, err
	}
	tree.Hash, err = decodeHash(lines[2])
	if err == nil && tree.N == 0 && tree.Hash != sha256.Sum256(nil) {
		err = errors.New("not the root of an empty log")
	}
	return tree, err
}

// count asks for the log's signature and for a quorum. x/mod drops a second line of a key silently and lets unusual
// base64 pass, so the lines are looked at once more.
func (t *trust) count(data []byte, n *note.Note, fresh bool) error {
	lines := strings.Split(strings.TrimSuffix(string(data[len(n.Text)+1:]), "\n"), "\n")
	seen := map[string]bool{}
	for _, line := range lines {
		word := strings.Split(line, " ")
		sig, err := decode(word[len(word)-1])
		if err != nil || len(word) != 3 {
			return fmt.Errorf("malformed line %q", line)
		}
		id := fmt.Sprintf("%s %x", word[1], sig[:4])
		if seen[id] {
			return fmt.Errorf("two lines of %s", id)
		}
		seen[id] = true
	}
	signed, keys := false, map[string]bool{}
	for _, s := range n.Sigs {
		w := t.witnesses[fmt.Sprintf("%s %08x", s.Name, s.Hash)]
		if w == nil {
			signed = true
			continue
		}
		sig, _ := decode(s.Base64)
		time, now := int64(binary.BigEndian.Uint64(sig[4:])), time.Now().Unix()
		if time <= now && (!fresh || now-time <= t.maxAge) {
			keys[string(w.key)] = true
		}
	}
	if !signed {
		return errors.New("not signed by the log")
	}
	if len(keys) < t.quorum {
		return fmt.Errorf("cosigned by %d witnesses instead of %d", len(keys), t.quorum)
	}
	return nil
}
