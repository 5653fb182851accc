package notary_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/services/book/notary"
)

// A keyring reads back what it wrote; rotating adds a key, retiring keeps the
// public half of all but the newest.
func TestKeyring(t *testing.T) {
	ring := must(t)(notary.NewKeyring("book.example/QZ1"))
	again := must(t)(notary.ParseKeyring([]byte(ring.Text())))
	if again.Origin != "book.example/QZ1" || len(again.Signers) != 1 || again.Public.String() != ring.Public.String() {
		t.Errorf("it reads back as %s of %d keys", again.Origin, len(again.Signers))
	}
	if strings.Contains(ring.Public.String(), "PRIVATE") {
		t.Error("the public keys hold a private one")
	}
	two := must(t)(ring.Rotate())
	if len(two.Signers) != 2 || len(two.Public.All()) != 2 || two.Signers[0].String() != ring.Signers[0].String() {
		t.Errorf("rotated, it has %d keys, %d of them private", len(two.Public.All()), len(two.Signers))
	}
	one := must(t)(two.Retire())
	if len(one.Signers) != 1 || one.Public.String() != two.Public.String() || one.Signers[0].String() != two.Signers[1].String() {
		t.Errorf("with one retired, it has %d keys, %d of them private", len(one.Public.All()), len(one.Signers))
	}
	if strings.Count(one.Text(), "PRIVATE") != 1 || !strings.HasPrefix(one.Text(), "# Whoever") {
		t.Errorf("with one retired, it is %q", one.Public)
	}
	if still := must(t)(one.Retire()); still.Text() != one.Text() {
		t.Error("the last key was retired")
	}
}

// What is wrong with a keyring is told by its line, and never with a key in it.
func TestKeyringsThatCannotBeUsed(t *testing.T) {
	private, public, err := proof.GenerateKey(nil, "book.example/QZ1")
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := proof.GenerateKey(nil, "book.example/QZ2")
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.SplitN(private, "+", 5)[4] // after "PRIVATE", "KEY", the name and the hash
	for text, want := range map[string]string{
		"":                           "no private key",
		"# nothing\n\n":              "no private key",
		public + "\n":                "no private key",
		private + "\n" + other:       "line 2 is a key of",
		private[:len(private)-1]:     "line 1",
		"\n" + private + "x\n":       "line 2",
		private + "\nsomething else": "line 2",
	} {
		_, err := notary.ParseKeyring([]byte(text))
		if !errors.Is(err, notary.ErrKeyring) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is refused with %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), secret[:20]) {
			t.Errorf("the error holds the key: %v", err)
		}
	}
	if _, err := notary.NewKeyring("no origin"); !errors.Is(err, notary.ErrKeyring) {
		t.Errorf("a name with a space is refused with %v", err)
	}
}

func must(t *testing.T) func(notary.Keyring, error) notary.Keyring {
	return func(k notary.Keyring, err error) notary.Keyring {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
}
