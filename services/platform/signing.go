package platform

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ics-openbook/openbook/services/book"
	"github.com/ics-openbook/openbook/services/book/notary"
)

// The files of trust in the data folder, which must last as the book does.
const (
	keyFile        = "book.key"        // what the book signs with
	publicFile     = "book.pub"        // what anybody verifies with
	checkpointFile = "book.checkpoint" // what was signed last
)

// signed is how the book of a store runs: with the keys that c names, or those in
// its data folder, which are made at the first start.
func signed(c Config, store book.Engine) (book.Config, error) {
	ring, err := keyring(c, "openbook.local/"+string(store.Book()))
	if err != nil {
		return book.Config{}, err
	}
	if c.Origin != "" && c.Origin != ring.Origin {
		return book.Config{}, fmt.Errorf("the book's keys are of %q, and --origin says %q: the name of a book is in its keys, and stays", ring.Origin, c.Origin)
	}
	public := filepath.Join(c.Data, publicFile)
	if err := os.WriteFile(public, []byte(ring.Public.String()), 0o644); err != nil {
		return book.Config{}, fmt.Errorf("the book's public keys: %w", err)
	}
	signing := book.Config{Store: store, Keyring: &ring, Checkpoint: filepath.Join(c.Data, checkpointFile)}
	for _, text := range c.Witnesses {
		w, err := notary.ParseWitness(text)
		if err != nil {
			return book.Config{}, fmt.Errorf("--witness: %w", err)
		}
		signing.Witnesses = append(signing.Witnesses, w)
	}
	return signing, nil
}

func keyring(c Config, origin string) (notary.Keyring, error) {
	path := cmp.Or(c.BookKey, filepath.Join(c.Data, keyFile))
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && c.BookKey == "" {
		if _, err := os.Stat(filepath.Join(c.Data, checkpointFile)); err == nil {
			return notary.Keyring{}, fmt.Errorf("the book was signed with keys that are not there: put %s back, or name them by --book-key", path)
		}
		return makeKeyring(path, cmp.Or(c.Origin, origin))
	}
	if err != nil {
		return notary.Keyring{}, fmt.Errorf("the book's keys: %w: make them with `openbook keys FOLDER`", err)
	}
	ring, err := notary.ParseKeyring(text)
	if err != nil {
		return notary.Keyring{}, fmt.Errorf("%s: %w", path, err)
	}
	own := filepath.Join(c.Data, keyFile)
	if text, err := os.ReadFile(own); c.BookKey != "" && err == nil {
		// After a restore under another name it may not go on under the old one.
		if there, err := notary.ParseKeyring(text); err == nil && there.Origin != ring.Origin {
			return notary.Keyring{}, fmt.Errorf("the keys in %s are of the book %q, those in %s of %q: name the keys that the book is to go on with, and put the others away", own, there.Origin, c.BookKey, ring.Origin)
		}
	}
	return ring, nil
}

// makeKeyring makes the keys of a new log. A file that exists is left alone and
// is an error.
func makeKeyring(path, origin string) (notary.Keyring, error) {
	ring, err := notary.NewKeyring(origin)
	if err != nil {
		return notary.Keyring{}, err
	}
	return ring, writeNew(path, []byte(ring.Text()), 0o600)
}

// RotateKeys adds a new key to the keys that a book signs with, in a file. Both
// sign from the book's next start on, so that whoever trusts the one can learn of
// the other.
func RotateKeys(path string) error { return changeKeys(path, notary.Keyring.Rotate) }

// RetireKeys keeps of all keys in a file but the newest only the public half.
func RetireKeys(path string) error { return changeKeys(path, notary.Keyring.Retire) }

func changeKeys(path string, change func(notary.Keyring) (notary.Keyring, error)) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	ring, err := notary.ParseKeyring(text)
	if err == nil {
		ring, err = change(ring)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return notary.Replace(path, []byte(ring.Text()))
}
