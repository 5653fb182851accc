package proof_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
)

// Keys made for these tests, and published with them: worth nothing elsewhere.
const (
	origin = "example.org/book"

	firstPrivate  = "PRIVATE+KEY+example.org/book+5ed8f5ab+ARFoXEwPjrwsstW5WdTDfRZrL+Pl+bfvIp5mlGycqIoP"
	firstPublic   = "example.org/book+5ed8f5ab+Aevl0whyMwEqxDogdETSY/2HAISxA01fZN/DLxbIRHyT"
	secondPrivate = "PRIVATE+KEY+example.org/book+2842a0b6+AU6w2QvYY6+om8Q2SgEqS9vguPznlUScadbAJuaX1P30"
	secondPublic  = "example.org/book+2842a0b6+AYsgl55+y1miPo888wlQGAwM1cGZMVih1PB3fqEYieQW"
	otherPrivate  = "PRIVATE+KEY+example.org/other+de2b0366+AdCqcAeRBqmTYhyQV8lQS8wqHYXocjYBVn4TKBmklrzS"
	otherPublic   = "example.org/other+de2b0366+Aa87bBPunckIPub5DkqBhVost+S56YUIYl5bZuP8UGQt"
)

var (
	witnessKey    = ed25519.NewKeyFromSeed([]byte("a witness of these tests, no more"[:32]))
	witnessPublic = independent.WitnessKey("witness.example.net/w1", witnessKey)
)

func signer(t testing.TB, private string) proof.Signer {
	t.Helper()
	s, err := proof.ParseSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keys(t testing.TB, public ...string) proof.Keys {
	t.Helper()
	k, err := proof.ParseKeys([]byte(strings.Join(public, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeys(t *testing.T) {
	text := "# the book\n" + firstPublic + "\n\n  " + secondPublic + "  \n" + firstPublic + "\n" + otherPublic + " example.org/book\n" + witnessPublic
	k := keys(t, text)
	want := firstPublic + "\n" + secondPublic + "\n" + otherPublic + " example.org/book\n" + witnessPublic + "\n"
	if k.String() != want {
		t.Errorf("read as\n%swant\n%s", k, want)
	}
	if again := keys(t, k.String()); again.String() != want {
		t.Errorf("read again as\n%s", again)
	}
	all := k.All()
	if w := all[3]; !w.Witness() || w.Origin() != "" || w.Name() != "witness.example.net/w1" {
		t.Errorf("the witness is read as %s, %q", w, w.Origin())
	}
	if l := all[2]; l.Witness() || l.Origin() != origin || l.Name() != "example.org/other" || l.ID() != 0xde2b0366 {
		t.Errorf("the key of another name is read as %s, %q", l, l.Origin())
	}
}

func TestNotKeys(t *testing.T) {
	public := independent.WitnessKey("w", witnessKey)
	for _, text := range []string{
		"", "name", firstPrivate, firstPublic + "A", firstPublic[:len(firstPublic)-4], strings.Replace(firstPublic, "5ed8f5ab", "5ed8f5ac", 1),
		strings.Replace(firstPublic, "5ed8f5ab", "5ED8F5AB", 1), strings.Replace(firstPublic, "book", "bock", 1), strings.ToLower(firstPublic),
		strings.TrimSuffix(firstPublic, "T") + "U", firstPublic + " ", firstPublic + " two\nlines", firstPublic + " openbook receipt v1", public + " example.org/book",
		strings.Replace(firstPublic, "+Ae", "+\nAe", 1), "a b+" + firstPublic,
		"log.example.org+9e9ffa17+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABA==", // of type 2
	} {
		if k, err := proof.ParseKey(text); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%q is read as %s, %v", text, k, err)
		}
	}
	if k, err := proof.ParseKeys([]byte(firstPublic + "\n" + otherPublic + "x\n")); !errors.Is(err, proof.ErrMalformed) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%s, %v", k, err)
	}
	if k, err := proof.ParseKeys([]byte(firstPublic + "\n" + firstPublic + " elsewhere\n")); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("one key with two origins: %s, %v", k, err)
	}
	if k, err := proof.ParseKeys([]byte(strings.Repeat("x", 1<<17))); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("an endless line: %s, %v", k, err)
	}
	if k := (proof.Key{}); k.Witness() || k.String() != "" || k.Name() != "" || k.Origin() != "" || k.ID() != 0 {
		t.Errorf("the zero key is %s", k)
	}
	if k, err := proof.NewKeys(proof.Key{}); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("an empty key: %s, %v", k, err)
	}
}

func TestSigners(t *testing.T) {
	for private, public := range map[string]string{
		firstPrivate: firstPublic, secondPrivate: secondPublic, otherPrivate + " example.org/book": otherPublic + " example.org/book",
	} {
		s := signer(t, private)
		if s.Public().String() != public {
			t.Errorf("the public half is %s, want %s", s.Public(), public)
		}
		secret := private[strings.LastIndexByte(private, '+')+1:]
		if printed := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(printed, secret) || strings.Contains(printed, "PRIVATE") {
			t.Errorf("a signer prints as %s", printed)
		}
	}
	for _, text := range []string{"", firstPublic, firstPrivate + "A", strings.Replace(firstPrivate, "5ed8", "5ed9", 1), firstPrivate + " ", firstPrivate + " openbook receipt v1"} {
		if s, err := proof.ParseSigner(text); !errors.Is(err, proof.ErrMalformed) || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q is read as %s, %v", text, s, err)
		}
	}
}

func TestGenerateKey(t *testing.T) {
	private, public, err := proof.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	s := signer(t, private)
	if s.Public().String() != public || s.Public().Origin() != origin {
		t.Errorf("the public half of the new key is %s, not %s", s.Public(), public)
	}
	msg, err := proof.Sign(proof.Checkpoint{Origin: origin, Size: 1, Root: hashes(1)[0]}, s)
	if err == nil {
		_, err = keys(t, public).Open(msg)
	}
	if err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "two words", "a+b", "two\nlines", "\xff"} {
		if _, _, err := proof.GenerateKey(rand.Reader, bad); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("a key for %q: %v", bad, err)
		}
	}
}
