package proof_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
)

func checkpoint(n int) proof.Checkpoint {
	return proof.Checkpoint{Origin: origin, Size: proof.Size(n), Root: independent.Root(plain(hashes(n)))}
}

func sign(t testing.TB, c proof.Checkpoint, private ...string) []byte {
	t.Helper()
	by := make([]proof.Signer, len(private))
	for i, p := range private {
		by[i] = signer(t, p)
	}
	msg, err := proof.Sign(c, by...)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func cosign(t testing.TB, msg []byte, at uint64) []byte {
	t.Helper()
	msg, err := independent.Cosign(msg, "witness.example.net/w1", witnessKey, at)
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

// The form is the C2SP document's, and Ed25519 signs the same way each time.
func TestCheckpointIsGolden(t *testing.T) {
	msg := sign(t, checkpoint(7), firstPrivate)
	golden(t, "checkpoint.note", msg)
	extended := checkpoint(7)
	extended.Extensions = []string{"a line", "another — line"}
	golden(t, "checkpoint.extended.note", sign(t, extended, firstPrivate, secondPrivate))
	golden(t, "checkpoint.cosigned.note", cosign(t, msg, 1793000000))
}

func TestOpen(t *testing.T) {
	extended := checkpoint(7)
	extended.Extensions = []string{"a line"}
	for _, c := range []struct {
		what       string
		checkpoint proof.Checkpoint
		by         []string
		known      []string
		signed     []string
		others     []string
	}{
		{"one key", checkpoint(7), []string{firstPrivate}, []string{firstPublic}, []string{firstPublic}, nil},
		{"the empty tree", checkpoint(0), []string{firstPrivate}, []string{firstPublic}, []string{firstPublic}, nil},
		{"with extensions", extended, []string{firstPrivate}, []string{firstPublic}, []string{firstPublic}, nil},
		{"both keys, while they are rotated", checkpoint(7), []string{firstPrivate, secondPrivate}, []string{secondPublic, firstPublic}, []string{firstPublic, secondPublic}, nil},
		{"the new key is known alone", checkpoint(7), []string{firstPrivate, secondPrivate}, []string{secondPublic}, []string{secondPublic}, []string{"example.org/book+5ed8f5ab"}},
		{"the old key, years later", checkpoint(7), []string{firstPrivate}, []string{secondPublic, firstPublic}, []string{firstPublic}, nil},
		{"a key of another name", checkpoint(7), []string{otherPrivate + " " + origin}, []string{otherPublic + " " + origin}, []string{otherPublic + " " + origin}, nil},
	} {
		got, err := keys(t, c.known...).Open(sign(t, c.checkpoint, c.by...))
		if diff := cmp.Diff(c.checkpoint, got.Checkpoint); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", c.what, err, diff)
			continue
		}
		var signed []string
		for _, k := range got.By {
			signed = append(signed, k.String())
		}
		if !slices.Equal(signed, c.signed) || !slices.Equal(got.Others, c.others) || len(got.Cosigned) != 0 {
			t.Errorf("%s: signed by %q, others %q, cosigned by %v", c.what, signed, got.Others, got.Cosigned)
		}
	}
}

func TestCosignatures(t *testing.T) {
	msg := sign(t, checkpoint(7), firstPrivate)
	const at = 1793000000
	cosigned := cosign(t, msg, at)
	if h, err := independent.Open(cosigned, firstPublic, witnessPublic); err != nil || h.Cosign["witness.example.net/w1"] != at {
		t.Errorf("read independently: %v, %v", h, err)
	}
	got, err := keys(t, firstPublic, witnessPublic).Open(cosigned)
	if err != nil || len(got.Cosigned) != 1 || got.Cosigned[0].By.String() != witnessPublic || !got.Cosigned[0].Time.Equal(time.Unix(at, 0)) || len(got.By) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := keys(t, firstPublic).Open(cosigned); err != nil || len(got.Cosigned) != 0 || len(got.Others) != 1 {
		t.Errorf("an unknown witness: %+v, %v", got, err)
	}
	if _, err := keys(t, witnessPublic).Open(cosigned); !errors.Is(err, proof.ErrUnknownKey) {
		t.Errorf("a known witness and an unknown log: %v", err)
	}
	late := cosign(t, msg, 1<<63)
	if _, err := keys(t, firstPublic, witnessPublic).Open(late); !errors.Is(err, proof.ErrForged) {
		t.Errorf("a time that is none: %v", err)
	}
	// The witness's key as if it were a log's: the same bytes, and another type.
	short := cosign(t, msg, at)
	line := bytes.LastIndex(short, []byte(" "))
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(short[line+1:])))
	if err != nil {
		t.Fatal(err)
	}
	short = append(short[:line+1:line+1], base64.StdEncoding.EncodeToString(raw[:len(raw)-1])+"\n"...)
	if _, err := keys(t, firstPublic, witnessPublic).Open(short); !errors.Is(err, proof.ErrForged) {
		t.Errorf("a cosignature cut short: %v", err)
	}
}

func TestNotOpened(t *testing.T) {
	good := string(sign(t, checkpoint(7), firstPrivate))
	body, sigs, _ := strings.Cut(good, "\n\n")
	elsewhere := checkpoint(7)
	elsewhere.Origin = "example.org/other"
	otherSigs := string(sign(t, elsewhere, otherPrivate))
	bent := strings.TrimSuffix(good, "=\n")
	last := bent[len(bent)-1]
	bent = bent[:len(bent)-1] + string(rune(last+1)) + "=\n" // two bits that base64 does not use
	for _, c := range []struct {
		what, msg string
		want      error
	}{
		{"nothing", "", proof.ErrMalformed},
		{"no signature", body + "\n", proof.ErrMalformed},
		{"cut short", good[:len(good)-1], proof.ErrMalformed},
		{"cut in the text", good[:20], proof.ErrMalformed},
		{"a signature that is none", body + "\n\n— example.org/book AAAA\n", proof.ErrMalformed},
		{"spelled otherwise", bent, proof.ErrMalformed},
		{"not text", good + "\x00", proof.ErrMalformed},
		{"too long", strings.Repeat("x", 1<<20) + good, proof.ErrMalformed},
		{"another size", strings.Replace(good, "\n7\n", "\n8\n", 1), proof.ErrForged},
		{"another origin", strings.Replace(good, origin, "example.org/other", 1), proof.ErrForged},
		{"another root", strings.Replace(good, body[len(body)-44:], strings.Repeat("A", 43)+"=", 1), proof.ErrForged},
		{"an extension more", body + "\nmore\n\n" + sigs, proof.ErrForged},
		{"the signature of another text", body + "\n\n" + strings.SplitAfter(string(sign(t, checkpoint(8), firstPrivate)), "\n\n")[1], proof.ErrForged},
		{"an unknown key", string(sign(t, checkpoint(7), secondPrivate)), proof.ErrUnknownKey},
		{"a known key of another log", string(sign(t, checkpoint(7), otherPrivate+" "+origin)), proof.ErrOrigin},
		{"one good and one forged", good + strings.Split(otherSigs, "\n\n")[1], proof.ErrForged},
	} {
		if got, err := keys(t, firstPublic, otherPublic).Open([]byte(c.msg)); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v; want %v", c.what, got, err, c.want)
		}
	}
	if _, err := (proof.Keys{}).Open([]byte(good)); !errors.Is(err, proof.ErrUnknownKey) {
		t.Errorf("nobody is trusted: %v", err)
	}
}

// Every bit of a signed checkpoint counts.
func TestBitsOfACheckpoint(t *testing.T) {
	msg := cosign(t, sign(t, checkpoint(7), firstPrivate), 1793000000)
	known := keys(t, firstPublic, witnessPublic)
	want, err := known.Open(msg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range msg {
		for bit := range 8 {
			msg[i] ^= 1 << bit
			got, err := known.Open(msg)
			msg[i] ^= 1 << bit
			// A key's name may change into that of an unknown one, which is
			// passed over; then one of the two signatures is missing.
			if err == nil && len(got.Cosigned) == len(want.Cosigned) {
				t.Errorf("bit %d of byte %d flipped: nothing is wrong", bit, i)
			}
		}
	}
}

func TestNotACheckpoint(t *testing.T) {
	text, err := checkpoint(7).Text()
	if err != nil {
		t.Fatal(err)
	}
	root := strings.Split(text, "\n")[2]
	for _, bad := range []string{
		"", "\n", text[:len(text)-1], "o\n7\n", "o\n7\n" + root, "\n7\n" + root + "\n", "o\n07\n" + root + "\n", "o\n+7\n" + root + "\n", "o\n-7\n" + root + "\n",
		"o\n\n" + root + "\n", "o\n7.0\n" + root + "\n", "o\n9223372036854775808\n" + root + "\n", "o\n281474976710657\n" + root + "\n", "o\n7\n" + root[:43] + "\n",
		"o\n7\n" + root + root + "\n", "o\n0\n" + root + "\n", "o\n7\n" + root + "\n\n", "o\n7\n" + root + "\n\nx\n", "openbook receipt v1\n7\n" + root + "\n",
		"o\n7\n" + root[:42] + string(rune(root[42]+1)) + "=\n", "o\r\n7\n" + root + "\n", "\xff\n7\n" + root + "\n", "o\n7\n" + root[:20] + "\r" + root[20:] + "\n",
	} {
		if c, err := proof.ParseCheckpoint(bad); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%q is read as %+v, %v", bad, c, err)
		}
	}
	for what, c := range map[string]proof.Checkpoint{
		"no origin": {Size: 1}, "two lines": {Origin: "a\nb", Size: 1}, "a size below nothing": {Origin: origin, Size: -1}, "too large": {Origin: origin, Size: math.MaxInt64},
		"an empty extension": {Origin: origin, Extensions: []string{""}}, "an extension of two lines": {Origin: origin, Extensions: []string{"a\n\nb"}},
	} {
		if msg, err := proof.Sign(c, signer(t, firstPrivate)); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%s is signed: %s, %v", what, msg, err)
		}
	}
	if msg, err := proof.Sign(checkpoint(7), signer(t, otherPrivate)); !errors.Is(err, proof.ErrOrigin) {
		t.Errorf("signed by the key of another log: %s, %v", msg, err)
	}
	if msg, err := proof.Sign(checkpoint(7)); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("signed by nobody: %s, %v", msg, err)
	}
}

// What opens is signed, and is what somebody else reads too.
func FuzzOpen(f *testing.F) {
	good := cosign(f, sign(f, checkpoint(7), firstPrivate), 1793000000)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(sign(f, checkpoint(0), firstPrivate, secondPrivate))
	f.Add(bytes.Replace(good, []byte("\n\n"), []byte("\nx\n\n"), 1))
	f.Add(append(slices.Clone(good), good...))
	f.Add([]byte("\n\n— a AAAAAAA=\n"))
	known := keys(f, firstPublic, witnessPublic)
	f.Fuzz(func(t *testing.T, msg []byte) {
		got, err := known.Open(msg)
		if err != nil {
			for _, kind := range []error{proof.ErrMalformed, proof.ErrForged, proof.ErrUnknownKey, proof.ErrOrigin} {
				if errors.Is(err, kind) {
					return
				}
			}
			t.Fatalf("%v is not typed", err)
		}
		if h, err := independent.Open(msg, firstPublic, witnessPublic); err != nil || h.Origin != got.Origin || h.Size != uint64(got.Size) || h.Root != got.Root {
			t.Errorf("%q opens as %+v, and independently as %+v, %v", msg, got, h, err)
		}
		text, err := got.Text()
		if again, err2 := proof.ParseCheckpoint(text); err != nil || err2 != nil || fmt.Sprint(again) != fmt.Sprint(got.Checkpoint) {
			t.Errorf("%+v is written as %q and read as %+v", got, text, again)
		}
	})
}
