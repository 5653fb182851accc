package proof

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// The signature types of https://c2sp.org/signed-note that are verified here.
const (
	typeEd25519     = 0x01 // a log's own signature
	typeCosignature = 0x04 // a witness's, with its time: https://c2sp.org/tlog-cosignature
)

// Key is a public key: of a log, for the one origin it may sign for, or of a
// witness, which cosigns for any. The zero Key verifies nothing.
type Key struct {
	verifier note.Verifier
	text     string // name+hash+data
	origin   string // "" for a witness
}

// ParseKey reads a key: <name>+<8 hex digits>+<base64>, as signed-note writes
// verifier keys, and for a log, after a space, the origin it signs for if that
// is not its name. Its error wraps [ErrMalformed].
func ParseKey(text string) (Key, error) {
	vkey, origin, other := strings.Cut(text, " ")
	name, rest, _ := strings.Cut(vkey, "+")
	hash, data64, _ := strings.Cut(rest, "+")
	data, err := strict.DecodeString(data64)
	switch {
	case err != nil, !keyName(name), len(data) == 0, strings.ContainsAny(data64, "\r\n"):
		return Key{}, fmt.Errorf("%w: %.200q is not a public key, such as example.org/book+1a2b3c4d+<base64>", ErrMalformed, text)
	case len(data) != 1+ed25519.PublicKeySize || data[0] != typeEd25519 && data[0] != typeCosignature:
		return Key{}, fmt.Errorf("%w: the key of %s is of type %d with %d bytes; Ed25519 keys of logs (type 1) and witnesses (type 4), of 32 bytes, are verified here", ErrMalformed, name, data[0], len(data)-1)
	case hash != fmt.Sprintf("%08x", keyID(name, data)):
		return Key{}, fmt.Errorf("%w: %s is not the hash of the key of %s: part of it was changed", ErrMalformed, strconv.Quote(hash), name)
	}
	k := Key{text: vkey, origin: name}
	if other {
		k.origin = origin
	}
	if data[0] == typeCosignature {
		k.origin, k.verifier = "", witness{name, keyID(name, data), data[1:]}
		if other {
			return Key{}, fmt.Errorf("%w: %s is the key of a witness, which has no origin", ErrMalformed, name)
		}
		return k, nil
	}
	if err := validOrigin(k.origin); err != nil {
		return Key{}, err
	}
	if k.verifier, err = note.NewVerifier(vkey); err != nil {
		return Key{}, fmt.Errorf("%w: the key of %s: %w", ErrMalformed, name, err)
	}
	return k, nil
}

// Name is who signs with the key.
func (k Key) Name() string {
	name, _, _ := strings.Cut(k.text, "+")
	return name
}

// ID tells the key from others of its name: the first 32 bits of
// SHA-256(name || "\n" || type || public key).
func (k Key) ID() uint32 {
	if k.verifier == nil {
		return 0
	}
	return k.verifier.KeyHash()
}

// Origin is the log that the key signs for; "" if it is a witness's.
func (k Key) Origin() string { return k.origin }

// Witness reports whether the key cosigns rather than signs.
func (k Key) Witness() bool { return k.verifier != nil && k.origin == "" }

// String is what [ParseKey] reads.
func (k Key) String() string {
	if k.verifier == nil || k.origin == "" || k.origin == k.Name() {
		return k.text
	}
	return k.text + " " + k.origin
}

// Keys are the public keys that somebody trusts: of a log all it ever had, so
// that what was signed before a rotation stays verifiable, and of witnesses.
// Give them from somewhere that the log's operator cannot change. The zero Keys
// trusts nobody.
type Keys struct{ list []Key }

// NewKeys returns the keys, each once. Its error wraps [ErrMalformed]: two
// different keys have the same name and ID, or one has two origins.
func NewKeys(keys ...Key) (Keys, error) {
	var all Keys
	for _, k := range keys {
		if k.verifier == nil {
			return Keys{}, fmt.Errorf("%w: an empty key", ErrMalformed)
		}
		same := func(l Key) bool { return l.Name() == k.Name() && l.ID() == k.ID() }
		switch i := slices.IndexFunc(all.list, same); {
		case i < 0:
			all.list = append(all.list, k)
		case all.list[i].String() != k.String():
			return Keys{}, fmt.Errorf("%w: %s and %s cannot be told apart", ErrMalformed, all.list[i], k)
		}
	}
	return all, nil
}

// ParseKeys reads keys, one a line as [ParseKey] does. Empty lines, and those
// that begin with #, are passed over. Its error wraps [ErrMalformed] and names
// the line.
func ParseKeys(text []byte) (Keys, error) {
	var keys []Key
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		k, err := ParseKey(line)
		if err != nil {
			return Keys{}, fmt.Errorf("line %d: %w", n, err)
		}
		keys = append(keys, k)
	}
	if err := lines.Err(); err != nil {
		return Keys{}, fmt.Errorf("%w: keys: %w", ErrMalformed, err)
	}
	return NewKeys(keys...)
}

// All returns the keys, in the order they were given.
func (k Keys) All() []Key { return slices.Clone(k.list) }

// String is what [ParseKeys] reads.
func (k Keys) String() string {
	var b strings.Builder
	for _, key := range k.list {
		b.WriteString(key.String() + "\n")
	}
	return b.String()
}

func (k Keys) find(name string, id uint32) (Key, bool) {
	for _, key := range k.list {
		if key.Name() == name && key.ID() == id {
			return key, true
		}
	}
	return Key{}, false
}

// opened is a note with a signature that could be verified.
type opened struct {
	text     string
	by       []Key // of logs, whatever their origin
	cosigned []Cosignature
	others   []string // signed too: nobody known
}

const maxNote = 1 << 20 // bytes; a hundred post-quantum signatures are half of it

// open verifies the signatures of a note by the keys that are known. Its error
// wraps ErrMalformed, ErrForged or ErrUnknownKey.
func (k Keys) open(msg []byte, what string) (o opened, err error) {
	if len(msg) > maxNote {
		return o, fmt.Errorf("%w: a %s of %d bytes; at most %d are read", ErrMalformed, what, len(msg), maxNote)
	}
	verifiers := make([]note.Verifier, len(k.list))
	for i, key := range k.list {
		verifiers[i] = key.verifier
	}
	n, err := note.Open(msg, note.VerifierList(verifiers...))
	var (
		unknown *note.UnverifiedNoteError
		forged  *note.InvalidSignatureError
	)
	switch {
	case errors.As(err, &unknown):
		return o, fmt.Errorf("%w: the %s is signed by %s; none of the %d keys given is among them", ErrUnknownKey, what,
			strings.Join(names(unknown.Note.UnverifiedSigs), ", "), len(k.list))
	case errors.As(err, &forged):
		return o, fmt.Errorf("%w: the %s says that %s+%08x signed it, and that key did not sign this text", ErrForged, what, forged.Name, forged.Hash)
	case err != nil:
		return o, fmt.Errorf("%w: the %s is not a signed note (text, an empty line, lines of signatures)", ErrMalformed, what)
	}
	for _, sig := range slices.Concat(n.Sigs, n.UnverifiedSigs) {
		if _, err := strict.DecodeString(sig.Base64); err != nil {
			return o, fmt.Errorf("%w: the %s has a signature of %s whose base64 is not in its one spelling", ErrMalformed, what, sig.Name)
		}
	}
	o.text, o.others = n.Text, names(n.UnverifiedSigs)
	for _, sig := range n.Sigs {
		key, known := k.find(sig.Name, sig.Hash)
		if !known {
			continue // note.Open verifies by these keys alone
		}
		if !key.Witness() {
			o.by = append(o.by, key)
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(sig.Base64)
		if err != nil || len(raw) != 4+8+ed25519.SignatureSize {
			return o, fmt.Errorf("%w: the cosignature of %s", ErrMalformed, sig.Name)
		}
		o.cosigned = append(o.cosigned, Cosignature{key, time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()})
	}
	return o, nil
}

func names(sigs []note.Signature) (all []string) {
	for _, s := range sigs {
		all = append(all, fmt.Sprintf("%s+%08x", s.Name, s.Hash))
	}
	return all
}

// witness verifies cosignatures of type 0x04: 8 bytes of time, in seconds since
// 1970, big-endian, and an Ed25519 signature over "cosignature/v1\ntime <time>\n"
// and the note's text.
type witness struct {
	name   string
	id     uint32
	public ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.id }

func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	signed := append([]byte("cosignature/v1\ntime "+strconv.FormatUint(at, 10)+"\n"), msg...)
	return at <= math.MaxInt64 && ed25519.Verify(w.public, signed, sig[8:])
}

// Signer is a log's private key. It prints as its public half.
type Signer struct {
	signer note.Signer
	public Key
}

// GenerateKey makes a new Ed25519 key pair for the log with an origin, as text:
// the private half for [ParseSigner], which must be kept secret, and the public
// half for [ParseKey]. random is crypto/rand.Reader, or nil for the same. Its
// error is that of random, or wraps [ErrMalformed]: the origin has a space or a
// plus, is empty, or is not UTF-8.
func GenerateKey(random io.Reader, origin string) (private, public string, err error) {
	if err := validOrigin(origin); err != nil {
		return "", "", err
	}
	if !keyName(origin) {
		return "", "", fmt.Errorf("%w: a key cannot be named %q: an origin is like example.org/book, without spaces and +", ErrMalformed, origin)
	}
	return note.GenerateKey(random, origin)
}

// ParseSigner reads a private key: PRIVATE+KEY+<name>+<hash>+<base64>, and after
// a space its origin if that is not its name. Its error wraps [ErrMalformed] and
// never holds the key.
func ParseSigner(text string) (Signer, error) {
	skey, origin, other := strings.Cut(text, " ")
	signer, err := note.NewSigner(skey)
	if err != nil {
		return Signer{}, fmt.Errorf("%w: this is not a private key, which begins with PRIVATE+KEY+", ErrMalformed)
	}
	// note.NewSigner found five parts; the last may have pluses of base64.
	data, err := base64.StdEncoding.DecodeString(strings.SplitN(skey, "+", 5)[4])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return Signer{}, fmt.Errorf("%w: the private key of %s is not of 32 bytes", ErrMalformed, signer.Name())
	}
	public, _ := ed25519.NewKeyFromSeed(data[1:]).Public().(ed25519.PublicKey)
	vkey, err := note.NewEd25519VerifierKey(signer.Name(), public)
	if err != nil {
		return Signer{}, fmt.Errorf("%w: the private key of %s: %w", ErrMalformed, signer.Name(), err)
	}
	if other {
		vkey += " " + origin
	}
	key, err := ParseKey(vkey)
	return Signer{signer, key}, err
}

// Public is the public half of the key.
func (s Signer) Public() Key { return s.public }

func (s Signer) String() string { return s.public.String() }

// keyID is signed-note's: data is the signature type and the public key.
func keyID(name string, data []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), data...))
	return binary.BigEndian.Uint32(sum[:])
}

// keyName is signed-note's rule for names of keys.
func keyName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsSpace) && !strings.Contains(name, "+")
}
