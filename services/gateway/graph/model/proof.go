package model

import (
	"encoding/json"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

// SignedReceipt is the book's signed word that it has recorded an entry.
type SignedReceipt struct{ proof.Receipt }

// LeafHash is the entry's, in base64.
func (r SignedReceipt) LeafHash() string { return r.Leaf.String() }

// Document is the receipt as it is kept.
func (r SignedReceipt) Document() (json.RawMessage, error) { return json.Marshal(r.Receipt) }

// Proof leads to a checkpoint, or is nil before one covers the entry.
func (r SignedReceipt) Proof() *InclusionProof {
	if r.Receipt.Proof == nil {
		return nil
	}
	return &InclusionProof{r.Receipt.Proof}
}

// InclusionProof leads from an entry to a checkpoint.
type InclusionProof struct{ of *proof.Inclusion }

// Ordinal is the entry's place in the whole book.
func (p InclusionProof) Ordinal() events.Ordinal { return p.of.Ordinal }

// Hashes are the audit path, in base64.
func (p InclusionProof) Hashes() []string {
	all := make([]string, len(p.of.Hashes))
	for i, h := range p.of.Hashes {
		all[i] = h.String()
	}
	return all
}

// Checkpoint is the signed note.
func (p InclusionProof) Checkpoint() string { return string(p.of.Checkpoint) }
