package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

const (
	receiptFormat = "openbook-receipt/v1"

	// maxReceipt bounds what is read: the book's largest append is a quarter.
	maxReceipt = 2 << 20 // bytes
)

// The JSON form. Its names are promises: receipts are kept for years.
type (
	receiptJSON struct {
		Format     string         `json:"format"`
		Origin     string         `json:"origin"`
		ID         events.ID      `json:"id"`
		Leaf       string         `json:"leaf"`
		Signatures []string       `json:"signatures"`
		Entry      string         `json:"entry,omitempty"`
		Proof      *inclusionJSON `json:"proof,omitempty"`
	}
	inclusionJSON struct {
		Ordinal    events.Ordinal `json:"ordinal"`
		Hashes     []string       `json:"hashes"`
		Checkpoint string         `json:"checkpoint"`
	}
)

// MarshalJSON writes the receipt as [ParseReceipt] reads it: an object of
// format ("openbook-receipt/v1"), origin, id, leaf (base64), signatures (lines of
// a signed note) and, where there are such, entry (the leaf in base64) and
// proof: ordinal (from 1), hashes (base64, from the leaf up) and checkpoint (the
// signed note as text).
func (r Receipt) MarshalJSON() ([]byte, error) {
	out := receiptJSON{
		Format: receiptFormat, Origin: r.Origin, ID: r.ID, Leaf: r.Leaf.String(), Signatures: r.Signatures,
		Entry: base64.StdEncoding.EncodeToString(r.Entry),
	}
	if r.Proof != nil {
		out.Proof = &inclusionJSON{r.Proof.Ordinal, make([]string, len(r.Proof.Hashes)), string(r.Proof.Checkpoint)}
		for i, h := range r.Proof.Hashes {
			out.Proof.Hashes[i] = h.String()
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON is [ParseReceipt].
func (r *Receipt) UnmarshalJSON(data []byte) (err error) {
	*r, err = ParseReceipt(data)
	return err
}

// ParseReceipt reads a receipt from JSON, strictly: what it passed over would be
// something that somebody believes was verified. White space and the order of
// members are free; each member is there once, spelled as [Receipt.MarshalJSON]
// spells it, and no other is. What it reads is not verified yet. Its error wraps
// [ErrMalformed].
func ParseReceipt(data []byte) (Receipt, error) {
	r, err := parseReceipt(data)
	if err != nil && !errors.Is(err, ErrMalformed) {
		err = fmt.Errorf("%w: the receipt: %w", ErrMalformed, err)
	}
	return r, err
}

func parseReceipt(data []byte) (Receipt, error) {
	if len(data) > maxReceipt {
		return Receipt{}, fmt.Errorf("it has %d bytes; at most %d are read", len(data), maxReceipt)
	}
	var in receiptJSON
	if err := object(data, &in, []string{"format", "origin", "id", "leaf", "signatures"}, []string{"entry", "proof"}); err != nil {
		return Receipt{}, err
	}
	if in.Format != receiptFormat {
		return Receipt{}, fmt.Errorf("its format is %.60q; %s is read here", in.Format, receiptFormat)
	}
	r := Receipt{Origin: in.Origin, ID: in.ID, Signatures: in.Signatures}
	if _, err := r.text(); err != nil {
		return Receipt{}, err
	}
	var err error
	if r.Leaf, err = ParseHash(in.Leaf); err != nil {
		return Receipt{}, err
	}
	if in.Entry != "" {
		if r.Entry, err = strict.DecodeString(in.Entry); err != nil || strings.ContainsAny(in.Entry, "\r\n") {
			return Receipt{}, errors.New("its entry is not base64")
		}
	}
	if in.Proof == nil {
		return r, nil
	}
	r.Proof = &Inclusion{in.Proof.Ordinal, make([]Hash, len(in.Proof.Hashes)), []byte(in.Proof.Checkpoint)}
	for i, s := range in.Proof.Hashes {
		if r.Proof.Hashes[i], err = ParseHash(s); err != nil {
			return Receipt{}, err
		}
	}
	return r, nil
}

// UnmarshalJSON reads the object strictly, as the receipt around it.
func (p *inclusionJSON) UnmarshalJSON(data []byte) error {
	type plain inclusionJSON
	return object(data, (*plain)(p), []string{"ordinal", "hashes", "checkpoint"}, nil)
}

// object reads one JSON object. encoding/json alone lets a member come twice, in
// other capitals, as null, or not at all, and puts U+FFFD for what is no text.
func object(data []byte, into any, must, may []string) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.New("it is not a JSON object")
	}
	var given []string
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		switch {
		case !slices.Contains(must, name) && !slices.Contains(may, name):
			return fmt.Errorf("it has a member %.60q, which this release does not know", name)
		case slices.Contains(given, name):
			return fmt.Errorf("it has two members %q", name)
		case string(value) == "null", string(value) == `""`:
			return fmt.Errorf("its %q is empty", name)
		}
		given = append(given, name)
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	for _, name := range must {
		if !slices.Contains(given, name) {
			return fmt.Errorf("it has no %q", name)
		}
	}
	return json.Unmarshal(data, into) // which refuses what follows it
}

// uuid reports whether id is a UUID as it is usually written, which all ids of
// entries are.
func uuid(id events.ID) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash && c != '-' || !dash && (c < '0' || '9' < c) && (c < 'a' || 'f' < c) {
			return false
		}
	}
	return true
}
