package proof_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

// book is n entries, their leaves and the tree over them.
type book struct {
	leaves [][]byte
	hashes []proof.Hash
	tree   *proof.Tree
	stored *proof.Memory
}

func bookOf(t testing.TB, n int) book {
	t.Helper()
	var b book
	for i := range n {
		b.leaves = append(b.leaves, leafOf(t, nth(i+1)))
		b.hashes = append(b.hashes, proof.HashLeaf(b.leaves[i]))
	}
	b.tree, b.stored = treeOf(t, b.hashes, max(n, 1))
	return b
}

func (b book) at(t testing.TB, size proof.Size) proof.Checkpoint {
	t.Helper()
	root, err := proof.RootAt(b.stored, size)
	if err != nil {
		t.Fatal(err)
	}
	return proof.Checkpoint{Origin: origin, Size: size, Root: root}
}

// receipt is the whole receipt of the n-th entry.
func (b book) receipt(t testing.TB, n int) proof.Receipt {
	t.Helper()
	r, err := proof.SignReceipt(origin, nth(n).ID, b.hashes[n-1], signer(t, firstPrivate))
	if err != nil {
		t.Fatal(err)
	}
	path, err := proof.ProveInclusion(b.stored, b.tree.Size(), events.Ordinal(n))
	if err != nil {
		t.Fatal(err)
	}
	r.Entry = b.leaves[n-1]
	r.Proof = &proof.Inclusion{Ordinal: events.Ordinal(n), Hashes: path, Checkpoint: cosign(t, sign(t, b.at(t, b.tree.Size()), firstPrivate), 1793000000)}
	return r
}

func clone(r proof.Receipt) proof.Receipt {
	r.Signatures, r.Entry = slices.Clone(r.Signatures), slices.Clone(r.Entry)
	if r.Proof != nil {
		p := *r.Proof
		p.Hashes, p.Checkpoint = slices.Clone(p.Hashes), slices.Clone(p.Checkpoint)
		r.Proof = &p
	}
	return r
}

func TestReceiptIsGolden(t *testing.T) {
	b := bookOf(t, 7)
	for name, r := range map[string]proof.Receipt{"receipt.json": b.receipt(t, 5), "receipt.bare.json": {
		Origin: origin, ID: nth(1).ID, Leaf: b.hashes[0], Signatures: b.receipt(t, 1).Signatures,
	}} {
		data, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, append(data, '\n'))
		got, err := proof.ParseReceipt(data)
		if diff := cmp.Diff(r, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		var through proof.Receipt
		if err := json.Unmarshal(data, &through); err != nil || !cmp.Equal(r, through) {
			t.Errorf("%s through encoding/json: %v", name, err)
		}
	}
}

func TestVerifyReceipt(t *testing.T) {
	b := bookOf(t, 7)
	r := b.receipt(t, 5)
	verdicts := func(f []proof.Finding) (s string) {
		for _, x := range f {
			s += x.Verdict.String() + " "
		}
		return s
	}
	bare := clone(r)
	bare.Entry, bare.Proof = nil, nil
	proven := clone(r)
	proven.Entry = nil
	rotated := clone(r)
	rotated.Proof.Checkpoint = sign(t, b.at(t, 7), secondPrivate)
	for _, c := range []struct {
		what    string
		receipt proof.Receipt
		known   []string
		want    string
	}{
		{"all of it", r, []string{firstPublic, witnessPublic}, "held held held held held "},
		{"no witness known", r, []string{firstPublic}, "held held held held "},
		{"at once", bare, []string{firstPublic}, "held unchecked unchecked "},
		{"without the entry", proven, []string{firstPublic}, "held unchecked held held "},
		{"proven after a rotation", rotated, []string{firstPublic, secondPublic}, "held held held held "},
	} {
		f, err := c.receipt.Verify(keys(t, c.known...))
		if err != nil || verdicts(f) != c.want {
			t.Errorf("%s: %s, %v", c.what, verdicts(f), err)
		}
		for _, x := range f {
			if !strings.HasSuffix(x.Says, ".") || strings.Contains(x.Says, "%!") {
				t.Errorf("%s: %q is no sentence", c.what, x.Says)
			}
		}
	}
}

func TestReceiptIsWrong(t *testing.T) {
	b := bookOf(t, 7)
	good := b.receipt(t, 5)
	six := b.receipt(t, 6)
	edited := nth(5)
	edited.Data = []byte(`{"amount":6}`)
	renamed := nth(5)
	renamed.ID = nth(6).ID
	for _, c := range []struct {
		what  string
		spoil func(*proof.Receipt)
		want  error
		steps int
	}{
		{"another id", func(r *proof.Receipt) { r.ID = six.ID }, proof.ErrForged, 1},
		{"another leaf hash", func(r *proof.Receipt) { r.Leaf = six.Leaf }, proof.ErrForged, 1},
		{"another origin", func(r *proof.Receipt) { r.Origin = "example.org/other" }, proof.ErrForged, 1},
		{"an id that is none", func(r *proof.Receipt) { r.ID = "5" }, proof.ErrMalformed, 1},
		{"an origin that is none", func(r *proof.Receipt) { r.Origin = "a\nb" }, proof.ErrMalformed, 1},
		{"no signature", func(r *proof.Receipt) { r.Signatures = nil }, proof.ErrMalformed, 1},
		{"another's signature", func(r *proof.Receipt) { r.Signatures = six.Signatures }, proof.ErrForged, 1},
		{"a signature of two lines", func(r *proof.Receipt) { r.Signatures[0] += "\n" + r.Signatures[0] }, proof.ErrMalformed, 1},
		{"an unknown key", func(r *proof.Receipt) {
			*r = resigned(t, *r, origin, secondPrivate)
		}, proof.ErrUnknownKey, 1},
		{"a key of another log", func(r *proof.Receipt) {
			*r = resigned(t, *r, origin, otherPrivate+" "+origin)
		}, proof.ErrOrigin, 1},
		{"a witness's word alone", func(r *proof.Receipt) {
			text := fmt.Sprintf("openbook receipt v1\n%s\n%s\n%s\n", r.Origin, r.ID, r.Leaf)
			msg := cosign(t, []byte(text+"\n— x AAAAAAA=\n"), 1)
			r.Signatures = []string{strings.Split(string(msg), "\n")[6]}
		}, proof.ErrUnknownKey, 1},
		{"an edited entry", func(r *proof.Receipt) { r.Entry = leafOf(t, edited) }, proof.ErrMismatch, 2},
		{"another entry", func(r *proof.Receipt) { r.Entry = six.Entry }, proof.ErrMismatch, 2},
		{"an entry of another id, signed so", func(r *proof.Receipt) {
			r.Entry = leafOf(t, renamed)
			r.Leaf = proof.HashLeaf(r.Entry)
			*r = resigned(t, *r, origin, firstPrivate)
		}, proof.ErrMismatch, 2},
		{"an entry that is no leaf, signed so", func(r *proof.Receipt) {
			r.Entry = []byte("{}")
			r.Leaf = proof.HashLeaf(r.Entry)
			*r = resigned(t, *r, origin, firstPrivate)
		}, proof.ErrMalformed, 2},
		{"a checkpoint that is none", func(r *proof.Receipt) { r.Proof.Checkpoint = nil }, proof.ErrMalformed, 3},
		{"a forged checkpoint", func(r *proof.Receipt) {
			r.Proof.Checkpoint = bytes.Replace(r.Proof.Checkpoint, []byte("\n7\n"), []byte("\n8\n"), 1)
		}, proof.ErrForged, 3},
		{"a checkpoint by an unknown key", func(r *proof.Receipt) { r.Proof.Checkpoint = sign(t, b.at(t, 7), secondPrivate) }, proof.ErrUnknownKey, 3},
		{"a checkpoint of another log", func(r *proof.Receipt) {
			c := b.at(t, 7)
			c.Origin = "example.org/other"
			r.Proof.Checkpoint = sign(t, c, otherPrivate)
		}, proof.ErrOrigin, 3},
		{"another ordinal", func(r *proof.Receipt) { r.Proof.Ordinal++ }, proof.ErrNotIncluded, 4},
		{"no ordinal", func(r *proof.Receipt) { r.Proof.Ordinal = 0 }, proof.ErrNotIncluded, 4},
		{"a proof of another", func(r *proof.Receipt) { r.Proof.Hashes = six.Proof.Hashes }, proof.ErrNotIncluded, 4},
		{"a bit of the proof", func(r *proof.Receipt) { r.Proof.Hashes[1][7] ^= 1 }, proof.ErrNotIncluded, 4},
		{"a proof for another size", func(r *proof.Receipt) { r.Proof.Checkpoint = sign(t, b.at(t, 6), firstPrivate) }, proof.ErrNotIncluded, 4},
		{"a checkpoint too early", func(r *proof.Receipt) { r.Proof.Checkpoint = sign(t, b.at(t, 4), firstPrivate) }, proof.ErrNotIncluded, 4},
		{"a receipt as a checkpoint", func(r *proof.Receipt) {
			r.Proof.Checkpoint = []byte(fmt.Sprintf("openbook receipt v1\n%s\n%s\n%s\n\n%s\n", r.Origin, r.ID, r.Leaf, r.Signatures[0]))
		}, proof.ErrMalformed, 3},
	} {
		r := clone(good)
		c.spoil(&r)
		f, err := r.Verify(keys(t, firstPublic, otherPublic, witnessPublic))
		if !errors.Is(err, c.want) || len(f) != c.steps || f[len(f)-1].Verdict != proof.Wrong || f[len(f)-1].Says != err.Error() {
			t.Errorf("%s: %v, %v; want %v at step %d", c.what, f, err, c.want, c.steps)
		}
	}
	if _, err := proof.SignReceipt(origin, "no id", good.Leaf, signer(t, firstPrivate)); !errors.Is(err, proof.ErrMalformed) {
		t.Errorf("signed without an id: %v", err)
	}
	if _, err := proof.SignReceipt("example.org/other", good.ID, good.Leaf, signer(t, firstPrivate)); !errors.Is(err, proof.ErrOrigin) {
		t.Errorf("signed for another log: %v", err)
	}
	if r, err := proof.SignReceipt(origin, good.ID, good.Leaf, signer(t, firstPrivate), signer(t, secondPrivate)); err != nil || len(r.Signatures) != 2 {
		t.Errorf("signed by two: %v, %v", r, err)
	} else if _, err := r.Verify(keys(t, secondPublic)); err != nil {
		t.Errorf("signed by two, one known: %v", err)
	}
}

// resigned is r with the signature of another key over what it says now.
func resigned(t *testing.T, r proof.Receipt, of, private string) proof.Receipt {
	t.Helper()
	signed, err := proof.SignReceipt(of, r.ID, r.Leaf, signer(t, private))
	if err != nil {
		t.Fatal(err)
	}
	r.Signatures = signed.Signatures
	return r
}

func TestNotAReceipt(t *testing.T) {
	r := bookOf(t, 7).receipt(t, 5)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	good := string(data)
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the receipt has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	leaf := r.Leaf.String()
	for what, bad := range map[string]string{
		"nothing":                  "",
		"an array":                 "[" + good + "]",
		"null":                     "null",
		"two":                      good + good,
		"cut short":                good[:len(good)-1],
		"a member more":            replace(`{"format"`, `{"verified":true,"format"`),
		"a member less":            replace(`"leaf":"`+leaf+`",`, ``),
		"a member twice":           replace(`"leaf":`, `"leaf":"`+leaf+`","leaf":`),
		"other capitals":           replace(`"leaf"`, `"Leaf"`),
		"another format":           replace(`receipt/v1"`, `receipt/v2"`),
		"no text for the id":       replace(`"id":"`+string(r.ID)+`"`, `"id":5`),
		"an id in capitals":        replace(`"id":"00000000-0000-5000-8000`, `"id":"0000000A-0000-5000-8000`),
		"an id without hyphens":    replace(`"id":"00000000-0000`, `"id":"0000000000000`),
		"an origin of two lines":   replace(`"origin":"example.org/book"`, `"origin":"example.org/book\n"`),
		"a leaf hash cut short":    replace(leaf, leaf[:40]),
		"a leaf hash spelled else": replace(leaf, leaf[:42]+string(rune(leaf[42]+1))+"="),
		"null for a proof":         good[:strings.Index(good, `"proof":`)] + `"proof":null}`,
		"an empty entry":           good[:strings.Index(good, `"entry":`)] + `"entry":""}`,
		"an entry that is none":    good[:strings.Index(good, `"entry":`)] + `"entry":"!"}`,
		"an entry of two lines":    good[:strings.Index(good, `"entry":`)] + `"entry":"AA\n=="}`,
		"a member more of a proof": replace(`{"ordinal"`, `{"size":7,"ordinal"`),
		"no ordinal":               replace(`"ordinal":5,`, ``),
		"an ordinal as text":       replace(`"ordinal":5,`, `"ordinal":"5",`),
		"an ordinal below nothing": replace(`"ordinal":5,`, `"ordinal":-5,`),
		"an ordinal in capitals":   replace(`"ordinal":5,`, `"Ordinal":5,`),
		"an ordinal twice":         replace(`"ordinal":5,`, `"ordinal":5,"ordinal":5,`),
		"a hash that is none":      replace(`"hashes":["`, `"hashes":["AAAA","`),
		"null for a hash":          replace(`"hashes":[`, `"hashes":[null,`),
		"too large":                replace(`{"format"`, `{`+strings.Repeat(" ", 2<<20)+`"format"`),
	} {
		if got, err := proof.ParseReceipt([]byte(bad)); !errors.Is(err, proof.ErrMalformed) {
			t.Errorf("%s: read as %+v, %v", what, got, err)
		}
	}
}

// Every bit of a receipt counts, or is white space or the spelling of text.
func TestBitsOfAReceipt(t *testing.T) {
	r := bookOf(t, 7).receipt(t, 5)
	known := keys(t, firstPublic, witnessPublic)
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			got, err := proof.ParseReceipt(data)
			var f []proof.Finding
			if err == nil {
				f, err = got.Verify(known)
			}
			if err == nil && len(f) == 5 && !cmp.Equal(got, r) {
				t.Errorf("bit %d of byte %d flipped: nothing is wrong with\n%s", bit, i, data)
			}
			data[i] ^= 1 << bit
		}
	}
}

func FuzzParseReceipt(f *testing.F) {
	r := bookOf(f, 7).receipt(f, 5)
	data, err := json.Marshal(r)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add(data[:len(data)-2])
	f.Add([]byte(`{"format":"openbook-receipt/v1","origin":"o","id":"` + string(r.ID) + `","leaf":"` + r.Leaf.String() + `","signatures":[]}`))
	f.Add([]byte(`{"proof":{"ordinal":1,"hashes":null,"checkpoint":""}}`))
	f.Add([]byte(`{"format":{"format":[]}}`))
	known := keys(f, firstPublic)
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := proof.ParseReceipt(data)
		if err != nil {
			if !errors.Is(err, proof.ErrMalformed) {
				t.Errorf("%v is not typed", err)
			}
			return
		}
		if _, err := r.Verify(known); err == nil && r.Proof != nil && r.Proof.Ordinal == 0 {
			t.Error("verified as entry 0")
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := proof.ParseReceipt(again); err != nil || !cmp.Equal(back, r) {
			t.Errorf("%s is written as %s and read as %+v, %v", data, again, back, err)
		}
	})
}
