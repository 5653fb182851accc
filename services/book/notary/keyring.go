package notary

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/ics-openbook/openbook/api/proof"
)

// Keyring is the keys of one log: those it signs with, and all it ever had. As
// text it is one key a line: a private one, or the public half of one that is
// retired. Empty lines and those that begin with # are passed over. While keys
// are rotated there are two private ones, and both sign.
type Keyring struct {
	Origin  string         // of the log
	Signers []proof.Signer // at least one, the newest last
	Public  proof.Keys     // of all, in the order of the text
	text    string
}

// ErrKeyring is what is wrong with a keyring. Its text never holds a key.
var ErrKeyring = errors.New("the book's keys cannot be used")

const secret = "PRIVATE+KEY+"

// NewKeyring makes the keyring of a new log.
func NewKeyring(origin string) (Keyring, error) {
	private, _, err := proof.GenerateKey(nil, origin)
	if err != nil {
		return Keyring{}, fmt.Errorf("%w: %w", ErrKeyring, err)
	}
	return ParseKeyring([]byte("# Whoever has this key can sign as the book " + origin + ". Keep it secret, and a copy of it apart.\n" + private + "\n"))
}

// ParseKeyring reads what [Keyring.Text] wrote. Its error wraps ErrKeyring.
func ParseKeyring(text []byte) (k Keyring, err error) {
	var public []proof.Key
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line := strings.TrimSpace(string(line))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var key proof.Key
		if strings.HasPrefix(line, secret) {
			var signer proof.Signer
			if signer, err = proof.ParseSigner(line); err == nil {
				key, k.Signers = signer.Public(), append(k.Signers, signer)
			}
		} else {
			key, err = proof.ParseKey(line)
		}
		switch {
		case err != nil:
			return Keyring{}, fmt.Errorf("%w: line %d: %w", ErrKeyring, n, err)
		case key.Witness():
			return Keyring{}, fmt.Errorf("%w: line %d is the key of a witness, %s", ErrKeyring, n, key.Name())
		case k.Origin != "" && key.Origin() != k.Origin:
			return Keyring{}, fmt.Errorf("%w: line %d is a key of %q, those before it are of %q", ErrKeyring, n, key.Origin(), k.Origin)
		}
		k.Origin, public = key.Origin(), append(public, key)
	}
	if len(k.Signers) == 0 {
		return Keyring{}, fmt.Errorf("%w: there is no private key among them", ErrKeyring)
	}
	if k.Public, err = proof.NewKeys(public...); err != nil {
		return Keyring{}, fmt.Errorf("%w: %w", ErrKeyring, err)
	}
	k.text = string(text)
	return k, nil
}

// Text is the keyring as it is kept. It holds the private keys.
func (k Keyring) Text() string { return k.text }

// Rotate adds a new key, which signs beside those there are.
func (k Keyring) Rotate() (Keyring, error) {
	private, _, err := proof.GenerateKey(nil, k.Origin)
	if err != nil {
		return Keyring{}, fmt.Errorf("%w: %w", ErrKeyring, err)
	}
	return ParseKeyring([]byte(strings.TrimRight(k.text, "\n") + "\n" + private + "\n"))
}

// Retire keeps of all keys but the newest only the public half: what they signed
// stays verifiable, and they sign nothing more.
func (k Keyring) Retire() (Keyring, error) {
	var b strings.Builder
	left := len(k.Signers)
	for line := range strings.Lines(k.text) {
		if signer, err := proof.ParseSigner(strings.TrimSpace(line)); err == nil {
			if left--; left > 0 {
				line = signer.Public().String() + "\n"
			}
		}
		b.WriteString(line)
	}
	return ParseKeyring([]byte(b.String()))
}
