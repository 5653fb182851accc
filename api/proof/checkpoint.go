package proof

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Checkpoint says what a log held at a size: the note text of
// https://c2sp.org/tlog-checkpoint.
type Checkpoint struct {
	Origin     string   // which log: a schema-less URL, such as example.org/book
	Size       Size     // how many entries
	Root       Hash     // of the tree of that size
	Extensions []string // further lines, which no monitor can audit: better none
}

// Cosignature is a witness's word that, as of a time, the checkpoint is the
// newest it saw of the log, and continues all it saw before
// (https://c2sp.org/tlog-cosignature, Ed25519, type 0x04). The time is the
// witness's own and is not compared with any clock here.
type Cosignature struct {
	By   Key
	Time time.Time // in whole seconds, UTC
}

// Signed is a checkpoint with the signatures that were verified.
type Signed struct {
	Checkpoint
	By       []Key         // the log's own keys that signed; at least one
	Cosigned []Cosignature // by known witnesses
	Others   []string      // "name+id" of signatures by keys that are not known: they say nothing
}

// receiptHeader is the first line of what the book's key signs as a receipt:
//
//	openbook receipt v1
//	<origin>
//	<entry id>
//	<leaf hash>
//
// each line ended by a line break, signed as a note's text is. A checkpoint's
// first line is its origin, and no origin is this header, so that a signature
// over the one can never be shown as one over the other.
const receiptHeader = "openbook receipt v1"

// validOrigin keeps origins to one line, and apart from receipts.
func validOrigin(origin string) error {
	if !line(origin) || origin == receiptHeader {
		return fmt.Errorf("%w: %.100q cannot be the origin of a log, which is one line, such as example.org/book", ErrMalformed, origin)
	}
	return nil
}

// line reports whether s can be a line of a note's text, and is not empty.
func line(s string) bool {
	return s != "" && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' })
}

// Text is the note text: origin, size, root and extensions, a line each. Its
// error wraps [ErrMalformed]: a line is empty or has a line break, or the size
// is none.
func (c Checkpoint) Text() (string, error) {
	if err := validOrigin(c.Origin); err != nil {
		return "", err
	}
	if !c.Size.valid() {
		return "", fmt.Errorf("%w: a checkpoint cannot be of %d entries", ErrMalformed, c.Size)
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
	for _, extension := range c.Extensions {
		if !line(extension) {
			return "", fmt.Errorf("%w: %.100q cannot be an extension line", ErrMalformed, extension)
		}
		text += extension + "\n"
	}
	return text, nil
}

// ParseCheckpoint reads what [Checkpoint.Text] writes, and nothing else. Text
// that is not signed by a key one trusts says nothing: use [Keys.Open]. The
// error wraps [ErrMalformed].
func ParseCheckpoint(text string) (Checkpoint, error) {
	body, ended := strings.CutSuffix(text, "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) < 3 {
		return Checkpoint{}, fmt.Errorf("%w: a checkpoint has a line each for origin, size and root hash", ErrMalformed)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || !Size(size).valid() || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%w: a checkpoint's size cannot be %.60q", ErrMalformed, lines[1])
	}
	root, err := ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, fmt.Errorf("a checkpoint's root: %w", err)
	}
	c := Checkpoint{lines[0], Size(size), root, lines[3:]}
	if len(c.Extensions) == 0 {
		c.Extensions = nil
	}
	if size == 0 && root != emptyRoot {
		return Checkpoint{}, fmt.Errorf("%w: a checkpoint of no entries has the root %s, which is not that of the empty tree", ErrMalformed, root)
	}
	_, err = c.Text() // says what is wrong with a line
	return c, err
}

// Sign signs c with one key or, while keys are rotated, with several, and
// returns the signed note. A log signs one root for a size, and none that does
// not continue all it signed before: that is the caller's to keep. Its error
// wraps [ErrMalformed], or [ErrOrigin]: a key is not for c's origin.
func Sign(c Checkpoint, by ...Signer) ([]byte, error) {
	text, err := c.Text()
	if err != nil {
		return nil, err
	}
	return sign(text, c.Origin, by)
}

func sign(text, origin string, by []Signer) ([]byte, error) {
	if len(by) == 0 {
		return nil, fmt.Errorf("%w: there is no key to sign with", ErrMalformed)
	}
	signers := make([]note.Signer, len(by))
	for i, s := range by {
		if s.public.origin != origin {
			return nil, fmt.Errorf("%w: the key %s signs for %q, not for %q", ErrOrigin, s.public.text, s.public.origin, origin)
		}
		signers[i] = s.signer
	}
	msg, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return msg, nil
}

// Open verifies a signed checkpoint. It needs the signature of one of the log's
// own keys; cosignatures of known witnesses are verified as well, and how many
// are enough is the caller's to say. Signatures by unknown keys are passed over,
// as signed-note asks, so that logs can rotate keys and gain witnesses.
//
// The error wraps [ErrMalformed], [ErrUnknownKey], [ErrForged] (one signature
// that names a known key and is not by it is enough), or [ErrOrigin]: signed by
// a known key of another log.
func (k Keys) Open(msg []byte) (Signed, error) {
	o, err := k.open(msg, "checkpoint")
	if err != nil {
		return Signed{}, err
	}
	c, err := ParseCheckpoint(o.text)
	if err != nil {
		return Signed{}, err
	}
	s := Signed{Checkpoint: c, Cosigned: o.cosigned, Others: o.others}
	s.By, err = o.of(c.Origin, "checkpoint")
	return s, err
}

// of returns the keys of the log with an origin that have signed.
func (o opened) of(origin, what string) (by []Key, err error) {
	for _, key := range o.by {
		if key.origin == origin {
			by = append(by, key)
		}
	}
	switch {
	case len(by) > 0:
		return by, nil
	case len(o.by) > 0:
		return nil, fmt.Errorf("%w: the %s is of %q, and %s signs for %q", ErrOrigin, what, origin, o.by[0].text, o.by[0].origin)
	}
	return nil, fmt.Errorf("%w: the %s of %q is signed by witnesses alone, not by a known key of the log", ErrUnknownKey, what, origin)
}
