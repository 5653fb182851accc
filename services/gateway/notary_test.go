package gateway

import (
	"context"
	"encoding/json"
	"time"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
)

// notary vouches for one entry, about the first estate's network, under any id.
type notary struct{}

var mark = func() proof.Signer {
	private, _, err := proof.GenerateKey(nil, "book.example/shelf")
	if err != nil {
		panic(err)
	}
	signer, err := proof.ParseSigner(private)
	if err != nil {
		panic(err)
	}
	return signer
}()

func (notary) Receipt(_ context.Context, id events.ID, _ events.Position) (json.RawMessage, error) {
	leaf, err := proof.AppendLeaf(nil, &events.Recorded{
		Envelope: events.Envelope{
			ID: id, Type: "network.network_renamed.v1", Entities: []events.Entity{"network-U99011", "system-QZ1"}, Actor: "person-recorder",
			Time: time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC),
		},
		Stream: "network-U99011", Data: []byte(`{"name":"hers"}`),
	})
	if err != nil {
		return nil, err
	}
	hash, other := proof.HashLeaf(leaf), proof.HashLeaf(nil)
	var tree proof.Memory
	grown, err := proof.OpenTree(&tree)
	if err == nil {
		err = grown.Append([]proof.Hash{hash, other})
	}
	if err != nil {
		return nil, err
	}
	r, err := proof.SignReceipt("book.example/shelf", id, hash, mark)
	if err != nil {
		return nil, err
	}
	note, err := proof.Sign(proof.Checkpoint{Origin: "book.example/shelf", Size: 2, Root: grown.Root()}, mark)
	if err != nil {
		return nil, err
	}
	r.Entry, r.Proof = leaf, &proof.Inclusion{Ordinal: 1, Hashes: []proof.Hash{other}, Checkpoint: note}
	return json.Marshal(r)
}
