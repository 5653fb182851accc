package gateway

import (
	"encoding/json"
	"testing"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/identity"
)

// Who knows an entry's id has its receipt, which verifies; the entry is in it for
// those alone who may read it, or who asked for it.
func TestWhoHasAnEntryInItsReceipt(t *testing.T) {
	keys, err := proof.NewKeys(mark.Public())
	if err != nil {
		t.Fatal(err)
	}
	s := planted()
	for name, c := range map[string]struct {
		who   identity.Person
		entry bool
	}{
		"of its network":              {identity.Person{Ref: "person-1", Grants: []ask.Grant{{Role: ask.PCN, Of: "network-U99011"}}}, true},
		"of its system":               {identity.Person{Ref: "person-2", Grants: []ask.Grant{{Role: ask.Board, Of: "system-QZ1"}}}, true},
		"of another system":           {identity.Person{Ref: "person-3", Grants: []ask.Grant{{Role: ask.Board, Of: "system-QY1"}}}, false},
		"of another's network":        {identity.Person{Ref: "person-4", Grants: []ask.Grant{{Role: ask.PCN, Of: "network-U99901"}}}, false},
		"whoever asked for it":        {identity.Person{Ref: "person-recorder", Grants: []ask.Grant{{Role: ask.Board, Of: "system-QY1"}}}, true},
		"nobody, who has no role yet": {identity.Person{Ref: "person-5"}, false},
	} {
		answer := sent(s.to(c.who), `{ receipt(id: "3c0d3c1e-5b0a-4a57-9c3d-6f1f0e8f7a11") { id leafHash document } }`)
		var got struct {
			Data struct {
				Receipt struct {
					ID       events.ID
					LeafHash string
					Document json.RawMessage
				}
			}
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatal(err)
		}
		r, err := proof.ParseReceipt(got.Data.Receipt.Document)
		if err != nil {
			t.Fatalf("%s: %v: %s", name, err, answer)
		}
		if _, err := r.Verify(keys); err != nil || r.ID != got.Data.Receipt.ID || r.Leaf.String() != got.Data.Receipt.LeafHash {
			t.Errorf("%s: %v: %s", name, err, answer)
		}
		if has := len(r.Entry) > 0; has != c.entry {
			t.Errorf("%s: the entry is in the receipt: %t, want %t", name, has, c.entry)
		}
	}
}
