package events_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ics-openbook/openbook/events"
)

type bedCounted struct {
	Home string `json:"home"`
	Beds int    `json:"beds"`
}

type bedsCountedV1 struct {
	Beds string `json:"beds"`
}

func (bedCounted) EventType() string { return "beds.counted.v2" }
func (e bedCounted) Entities() []events.Entity {
	return []events.Entity{events.Entity("home-" + e.Home)}
}

var beds = events.Upcasting(events.NewFamily(bedCounted{}), "beds.counted.v1", func(old bedsCountedV1) bedCounted {
	return bedCounted{Home: "unknown", Beds: len(old.Beds)}
})

func TestFamilyReadsEveryShapeEverWritten(t *testing.T) {
	for typ, data := range map[string]string{
		"beds.counted.v2": `{"home":"1-123","beds":3,"added later":true}`,
		"beds.counted.v1": `{"beds":"III"}`,
	} {
		got, err := beds.Decode(recorded(typ, data))
		if err != nil || got.Beds != 3 {
			t.Errorf("%s is read as %v: %v", typ, got, err)
		}
	}
	if want := []string{"beds.counted.v1", "beds.counted.v2"}; !slices.Equal(beds.Types(), want) {
		t.Errorf("the family reads %v, want %v", beds.Types(), want)
	}
	if len(beds.Facts()) != 1 {
		t.Errorf("%d facts may be written, want only today's", len(beds.Facts()))
	}
	if !beds.Reads("beds.counted.v1") || beds.Reads("beds.counted.v3") {
		t.Error("Reads does not agree with Types")
	}
}

func TestUnreadable(t *testing.T) {
	for _, r := range []events.Recorded{
		recorded("beds.counted.v3", `{}`),
		recorded("", `{}`),
		recorded("beds.counted.v2", ``),
		recorded("beds.counted.v2", `null`),
		recorded("beds.counted.v2", ` null`),
		recorded("beds.counted.v2", `[]`),
		recorded("beds.counted.v2", `{"home":"1-123","be`),
		recorded("beds.counted.v2", `{"beds":"three"}`),
		recorded("beds.counted.v2", `{"beds":3}}`),
		recorded("beds.counted.v1", `{"beds":3}`),
		recorded("beds.counted.v1", `null`),
	} {
		e, err := beds.Decode(r)
		if !errors.Is(err, events.ErrUnreadable) {
			t.Errorf("%s %s is read as %v: %v", r.Type, r.Data, e, err)
			continue
		}
		if r.Type != "" && !strings.Contains(err.Error(), r.Type) {
			t.Errorf("the error does not name the type: %v", err)
		}
	}
}

func TestTwoFactsOfOneName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a family took two facts of one name")
		}
	}()
	events.NewFamily(bedCounted{}, bedCounted{})
}

func recorded(typ, data string) events.Recorded {
	return events.Recorded{Envelope: events.Envelope{ID: "0198", Type: typ}, Data: json.RawMessage(data)}
}
