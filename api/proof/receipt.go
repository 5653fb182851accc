package proof

import (
	"fmt"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
)

// Receipt is what a submitter keeps. It is given with the book's signature once
// the entry is recorded; the proof is added later, when a checkpoint covers the
// entry. The entry itself may be kept with it.
type Receipt struct {
	Origin     string    // the book's
	ID         events.ID // of the entry
	Leaf       Hash      // the entry's leaf hash, which commits to all of it: see [AppendLeaf]
	Signatures []string  // lines as in a signed note: "— <key name> <base64>"
	Entry      []byte    // the leaf, or empty
	Proof      *Inclusion
}

// Inclusion leads from a leaf hash to a checkpoint.
type Inclusion struct {
	Ordinal    events.Ordinal // where the entry is in the book, from 1
	Hashes     []Hash         // the audit path, from the leaf up: RFC 6962 section 2.1.1
	Checkpoint []byte         // the signed note
}

// SignReceipt signs that the book with an origin has recorded an entry. The
// signature is a promise to include it: who holds it and finds the entry
// missing from the book can show that. Its error wraps [ErrMalformed] or
// [ErrOrigin].
func SignReceipt(origin string, id events.ID, leaf Hash, by ...Signer) (Receipt, error) {
	r := Receipt{Origin: origin, ID: id, Leaf: leaf}
	text, err := r.text()
	if err != nil {
		return Receipt{}, err
	}
	msg, err := sign(text, origin, by)
	if err != nil {
		return Receipt{}, err
	}
	r.Signatures = strings.Split(strings.TrimSuffix(string(msg[len(text)+1:]), "\n"), "\n")
	return r, nil
}

// text is what is signed.
func (r Receipt) text() (string, error) {
	if err := validOrigin(r.Origin); err != nil {
		return "", err
	}
	if !uuid(r.ID) {
		return "", fmt.Errorf("%w: %.60q is not the id of an entry, which is a UUID in small letters", ErrMalformed, r.ID)
	}
	return fmt.Sprintf("%s\n%s\n%s\n%s\n", receiptHeader, r.Origin, r.ID, r.Leaf), nil
}

// Verify verifies all that the receipt holds, by keys that are trusted, and says
// each thing it looked at, in order: the book's signature; the entry, if it is
// there, against its leaf hash and id; the proof, if it is there: the
// checkpoint's signature, the way from the leaf hash to its root, and who
// cosigned it. It stops at the first that is wrong.
//
// The error wraps [ErrMalformed], [ErrUnknownKey], [ErrForged], [ErrOrigin],
// [ErrMismatch] or [ErrNotIncluded]. No error and nothing [Unchecked] means: the
// book's key vouches for this very entry and has signed a tree that has it.
func (r Receipt) Verify(keys Keys) ([]Finding, error) {
	var f findings
	for _, look := range []func(Keys, *findings) error{r.verifySignature, r.verifyEntry, r.verifyProof} {
		if err := look(keys, &f); err != nil {
			return f, f.wrong(err)
		}
	}
	return f, nil
}

func (r Receipt) verifySignature(keys Keys, f *findings) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	for _, sig := range r.Signatures {
		if !line(sig) {
			return fmt.Errorf("%w: %.100q is not the line of a signature", ErrMalformed, sig)
		}
	}
	o, err := keys.open([]byte(text+"\n"+strings.Join(r.Signatures, "\n")+"\n"), "receipt")
	if err != nil {
		return err
	}
	by, err := o.of(r.Origin, "receipt")
	if err != nil {
		return err
	}
	f.held("%s signed, with its key %08x, that it recorded entry %s with the leaf hash %s.", r.Origin, by[0].ID(), r.ID, r.Leaf)
	return nil
}

func (r Receipt) verifyEntry(_ Keys, f *findings) error {
	if len(r.Entry) == 0 {
		f.unchecked("The entry itself is not in the receipt, so its content was not compared with the leaf hash.")
		return nil
	}
	if got := HashLeaf(r.Entry); got != r.Leaf {
		return fmt.Errorf("%w: the entry in it has the leaf hash %s, the receipt is for %s: the entry was changed", ErrMismatch, got, r.Leaf)
	}
	entry, err := ParseLeaf(r.Entry)
	if err != nil {
		return err
	}
	if entry.ID != r.ID {
		return fmt.Errorf("%w: the entry in it is %s, the receipt is for %s", ErrMismatch, entry.ID, r.ID)
	}
	f.held("The entry in the receipt, %s about %s, recorded at %s as revision %d of %s, is the one with that leaf hash.",
		entry.Type, entry.Subject(), entry.Time.Format(time.RFC3339Nano), entry.Revision, entry.Stream)
	return nil
}

func (r Receipt) verifyProof(keys Keys, f *findings) error {
	if r.Proof == nil {
		f.unchecked("The receipt has no proof yet, so that the entry is in the book stands on the signature alone.")
		return nil
	}
	c, err := keys.Open(r.Proof.Checkpoint)
	if err != nil {
		return err
	}
	if c.Origin != r.Origin {
		return fmt.Errorf("%w: the receipt is of %q, its checkpoint of %q", ErrOrigin, r.Origin, c.Origin)
	}
	f.held("%s signed, with its key %08x, a checkpoint of %d entries with the root %s.", c.Origin, c.By[0].ID(), c.Size, c.Root)
	if err := VerifyInclusion(r.Leaf, r.Proof.Ordinal, r.Proof.Hashes, c.Checkpoint); err != nil {
		return err
	}
	f.held("The leaf hash is that of entry %d of those %d.", r.Proof.Ordinal, c.Size)
	for _, w := range c.Cosigned {
		f.held("The witness %s saw this checkpoint at %s, continuing all it saw before.", w.By.Name(), w.Time.Format(time.RFC3339))
	}
	return nil
}
