// Package independent reads a published log knowing nothing but RFC 6962,
// RFC 9162 and the C2SP documents: signed-note, tlog-checkpoint,
// tlog-cosignature and tlog-tiles. It is for tests alone, shares no code with
// the product, and imports the standard library only: what both of them say of
// a log is said twice.
package independent

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Head is a checkpoint whose signature fits.
type Head struct {
	Origin string
	Size   uint64
	Root   [32]byte
	Cosign map[string]uint64 // witness to time, in seconds since 1970
}

type line struct {
	name string
	id   uint32
	sig  []byte
}

// Open reads a checkpoint signed by the log's key; witnesses are further keys,
// of type 4. Keys are in signed-note's text form.
func Open(msg []byte, logKey string, witnesses ...string) (Head, error) {
	text, rest, lines, err := split(string(msg))
	if err != nil {
		return Head{}, err
	}
	h := Head{Cosign: map[string]uint64{}}
	name, id, public, err := vkey(logKey, 1)
	if err != nil {
		return h, err
	}
	found := false
	for _, l := range lines {
		if l.name == name && l.id == id {
			if len(l.sig) != 64 || !ed25519.Verify(public, []byte(text), l.sig) {
				return h, errors.New("the log's signature does not fit")
			}
			found = true
		}
	}
	if !found {
		return h, errors.New("not signed by the log")
	}
	for _, w := range witnesses {
		name, id, public, err := vkey(w, 4)
		if err != nil {
			return h, err
		}
		for _, l := range lines {
			if l.name != name || l.id != id {
				continue
			}
			if len(l.sig) != 72 {
				return h, errors.New("a cosignature has 72 bytes")
			}
			at := binary.BigEndian.Uint64(l.sig)
			if !ed25519.Verify(public, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text), l.sig[8:]) {
				return h, errors.New("the cosignature does not fit")
			}
			h.Cosign[name] = at
		}
	}
	if len(rest) < 3 {
		return h, errors.New("a checkpoint has three lines")
	}
	h.Origin = rest[0]
	if h.Size, err = strconv.ParseUint(rest[1], 10, 63); err != nil {
		return h, err
	}
	root, err := base64.StdEncoding.DecodeString(rest[2])
	if err != nil || copy(h.Root[:], root) != 32 {
		return h, errors.New("the root is no hash")
	}
	return h, nil
}

// split cuts a note at its last empty line.
func split(msg string) (text string, body []string, sigs []line, err error) {
	at := strings.LastIndex(msg, "\n\n")
	if at < 0 || !strings.HasSuffix(msg, "\n") {
		return "", nil, nil, errors.New("no note")
	}
	text = msg[:at+1]
	for _, s := range strings.Split(strings.TrimSuffix(msg[at+2:], "\n"), "\n") {
		parts := strings.Split(s, " ")
		if len(parts) != 3 || parts[0] != "—" {
			return "", nil, nil, fmt.Errorf("no signature: %q", s)
		}
		raw, err := base64.StdEncoding.DecodeString(parts[2])
		if err != nil || len(raw) < 5 {
			return "", nil, nil, fmt.Errorf("no signature: %q", s)
		}
		sigs = append(sigs, line{parts[1], binary.BigEndian.Uint32(raw), raw[4:]})
	}
	return text, strings.Split(strings.TrimSuffix(text, "\n"), "\n"), sigs, nil
}

func vkey(s string, kind byte) (name string, id uint32, public []byte, err error) {
	parts := strings.SplitN(s, "+", 3)
	if len(parts) != 3 {
		return "", 0, nil, errors.New("no key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != kind {
		return "", 0, nil, errors.New("no Ed25519 key of that type")
	}
	sum := sha256.Sum256([]byte(parts[0] + "\n" + string(raw)))
	id = binary.BigEndian.Uint32(sum[:])
	if parts[1] != fmt.Sprintf("%08x", id) {
		return "", 0, nil, errors.New("not the key's hash")
	}
	return parts[0], id, raw[1:], nil
}

// Cosign adds a witness's line to a note: the witness's side, which the product
// does not have.
func Cosign(msg []byte, name string, key ed25519.PrivateKey, at uint64) ([]byte, error) {
	text, _, _, err := split(string(msg))
	if err != nil {
		return nil, err
	}
	sig := ed25519.Sign(key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text))
	public := append([]byte{4}, key[32:]...)
	sum := sha256.Sum256([]byte(name + "\n" + string(public)))
	raw := append(binary.BigEndian.AppendUint64(sum[:4:4], at), sig...)
	return fmt.Appendf(msg, "— %s %s\n", name, base64.StdEncoding.EncodeToString(raw)), nil
}

// WitnessKey is the public key of a witness, as text.
func WitnessKey(name string, key ed25519.PrivateKey) string {
	public := append([]byte{4}, key[32:]...)
	sum := sha256.Sum256([]byte(name + "\n" + string(public)))
	return fmt.Sprintf("%s+%x+%s", name, sum[:4], base64.StdEncoding.EncodeToString(public))
}
