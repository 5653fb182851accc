// Package seal encrypts personal values, each person's under a key of their
// own. A fact keeps the sealed value for ever, in every copy of the book;
// destroying the key erases the value from all of them at once.
//
// Keys live in a file apart from book, stream, snapshots and their backups, and
// are backed up apart: who restores yesterday's keys brings back the keys of
// people erased since, and so applies the erasures again.
package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/ics-openbook/openbook/events"
)

var (
	// ErrErased means that the person's values were erased. It is final: a
	// person who comes back gets another reference.
	ErrErased = errors.New("the personal values were erased")

	// ErrNoKey means that these keys have never held the person's: they are not
	// the ones the value was sealed with.
	ErrNoKey = errors.New("there is no key for this person")

	// ErrTampered means that a sealed value is not what Seal returned for this
	// person.
	ErrTampered = errors.New("the sealed value was altered, or belongs to somebody else")

	// ErrNoPerson means that a value is nobody's.
	ErrNoPerson = errors.New("a sealed value belongs to a person: there is no reference")
)

// Erasure says that a person's values were erased, and when.
type Erasure struct {
	Person events.PersonRef `json:"person"`
	Time   time.Time        `json:"time"`
}

// Seal encrypts a personal value. A person's first value gets them a key, which
// is on disk before Seal returns: no value is ever sealed with a key that a loss
// of power could take away. Its error wraps ErrErased if the person was erased.
func (k *Keys) Seal(ctx context.Context, person events.PersonRef, clear string) (events.Sealed, error) {
	if person == "" {
		return events.Sealed{}, ErrNoPerson
	}
	key, err := k.key(ctx, person)
	if errors.Is(err, ErrNoKey) {
		key, err = k.newKey(ctx, person)
	}
	if err != nil {
		return events.Sealed{}, fmt.Errorf("seal a value of %s: %w", person, err)
	}
	box, err := boxOf(key)
	if err != nil {
		return events.Sealed{}, err
	}
	return events.Sealed{Person: person, Box: box.Seal(nil, nil, []byte(clear), bound(person))}, nil
}

// Unseal returns the value that was sealed. Its error wraps ErrErased,
// ErrTampered or ErrNoKey, or is the key file's or the context's.
func (k *Keys) Unseal(ctx context.Context, sealed events.Sealed) (string, error) {
	if sealed.Person == "" {
		return "", ErrNoPerson
	}
	key, err := k.key(ctx, sealed.Person)
	if err != nil {
		return "", fmt.Errorf("unseal a value of %s: %w", sealed.Person, err)
	}
	box, err := boxOf(key)
	if err != nil {
		return "", err
	}
	clear, err := box.Open(nil, nil, sealed.Box, bound(sealed.Person))
	if err != nil {
		return "", fmt.Errorf("unseal a value of %s: %w", sealed.Person, ErrTampered)
	}
	return string(clear), nil
}

// Digest is an HMAC of a message under a key of the person's own: the same for the
// same message, and told from no other once the person is erased. Its error is as
// of [Keys.Unseal].
func (k *Keys) Digest(ctx context.Context, person events.PersonRef, message []byte) ([]byte, error) {
	if person == "" {
		return nil, ErrNoPerson
	}
	key, err := k.key(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("digest what is said of %s: %w", person, err)
	}
	own, err := hkdf.Key(sha256.New, key, nil, "openbook.digest.v1 "+string(person), keySize) // values are sealed with the other
	if err != nil {
		return nil, err
	}
	mac := hmac.New(sha256.New, own)
	mac.Write(message)
	return mac.Sum(nil), nil
}

const keySize = 32 // bytes: AES-256

// boxOf is AES-256-GCM with a random nonce before the ciphertext. A person has
// thousands of values at most, far from where random nonces meet.
func boxOf(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// bound ties a box to its person and its format, so that neither can be changed
// for another.
func bound(person events.PersonRef) []byte { return []byte("openbook.sealed.v1 " + string(person)) }

func randomKey() []byte {
	key := make([]byte, keySize)
	rand.Read(key) // never fails, by its contract
	return key
}
