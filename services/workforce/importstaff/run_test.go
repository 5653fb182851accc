package importstaff_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/workforce/importstaff"
)

// book is a platform that knows some networks.
type book struct {
	mu       sync.Mutex
	known    []events.PCN
	has      map[string]workforce.ReturnStaff
	asked    int
	now      int
	most     int           // asks on their way at one time
	gate     chan struct{} // what they wait for, where it is there
	fails    error
	failsFor events.PCN
}

func (b *book) ReturnStaff(ctx context.Context, a workforce.ReturnStaff) (client.Reported, error) {
	b.mu.Lock()
	b.asked++
	b.now++
	b.most = max(b.most, b.now)
	b.mu.Unlock()
	if b.failsFor != "" && a.Network > b.failsFor { // which is still to be asked, however slow its goroutine is
		<-ctx.Done()
		return client.Reported{}, ctx.Err()
	}
	if b.gate != nil {
		select {
		case <-b.gate:
		case <-ctx.Done():
			return client.Reported{}, ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now--
	key := fmt.Sprint(a.Network, a.Month)
	was, there := b.has[key]
	was.DryRun = a.DryRun
	switch {
	case a.Network == b.failsFor:
		return client.Reported{}, b.fails
	case !slices.Contains(b.known, a.Network):
		return client.Reported{}, &client.Problems{Reasons: []client.Problem{{Code: "NETWORK_UNKNOWN", Message: "There is no network " + string(a.Network) + " in the book."}}}
	case there && cmp.Equal(was, a):
		return client.Reported{Receipt: &client.Receipt{}}, nil
	case a.DryRun:
		return client.Reported{Proposed: []client.Proposal{{Type: "staffing.staff_returned.v1"}}}, nil
	}
	b.has[key] = a
	return client.Reported{Receipt: &client.Receipt{Entries: 1}}, nil
}

func knows(networks ...events.PCN) *book {
	return &book{known: networks, has: map[string]workforce.ReturnStaff{}}
}

func TestAFileIsReturnedOnce(t *testing.T) {
	b, path := knows("U99001", "U99002"), file(t, header+good)
	steps := map[importstaff.Step]int64{}
	o := importstaff.Options{DryRun: true, Progress: func(s importstaff.Step, done, _ int64) { steps[s] = max(steps[s], done) }}
	for _, c := range []struct {
		what              string
		dry               bool
		recorded, already int
	}{{"rehearsed", true, 2, 0}, {"returned", false, 2, 0}, {"again", false, 0, 2}, {"rehearsed again", true, 0, 2}} {
		o.DryRun = c.dry
		out, err := importstaff.Run(t.Context(), b, o, path)
		if err != nil || out.Recorded != c.recorded || out.Already != c.already || out.Returns != 2 || out.Rows != 6 || out.WTE.String() != "2.953333333" {
			t.Errorf("%s: %+v, %v", c.what, out, err)
		}
		if len(b.has) == 0 != (c.what == "rehearsed") {
			t.Errorf("%s: the book has %d", c.what, len(b.has))
		}
	}
	if diff := cmp.Diff(map[importstaff.Step]int64{importstaff.Reading: steps[importstaff.Reading], importstaff.Rehearsing: 2, importstaff.Returning: 2}, steps); diff != "" || steps[importstaff.Reading] == 0 {
		t.Error(steps)
	}
}

func TestNetworksThatTheBookDoesNotKnow(t *testing.T) {
	b := knows("U99002")
	out, err := importstaff.Run(t.Context(), b, importstaff.Options{}, file(t, header+good+row(6, "U99003", care, "Paramedic", "1", "")))
	if !errors.Is(err, importstaff.ErrUnknown) || out.Recorded != 1 {
		t.Errorf("%+v, %v", out, err)
	}
	want := []importstaff.Unknown{
		{Network: "U99001", Name: "WEST, PCN", Month: "2026-06", Message: "There is no network U99001 in the book."},
		{Network: "U99003", Name: "WEST, PCN", Month: "2026-06", Message: "There is no network U99003 in the book."},
	}
	if diff := cmp.Diff(want, out.Unknown); diff != "" {
		t.Error(diff)
	}
}

func TestOneWrongRowAndNothingIsAsked(t *testing.T) {
	b := knows("U99001", "U99002")
	out, err := importstaff.Run(t.Context(), b, importstaff.Options{}, file(t, header+good+row(6, "U99003", care, "Paramedic", "x", "")))
	if !errors.Is(err, importstaff.ErrWrong) || b.asked != 0 || len(out.Problems) != 1 || out.Rows != 7 {
		t.Errorf("%d asked, %+v, %v", b.asked, out, err)
	}
}

// What is refused for another reason, or not answered, ends it.
func TestTroubleEndsIt(t *testing.T) {
	rows, networks := header, []events.PCN{}
	for i := range 300 {
		networks = append(networks, events.PCN(fmt.Sprintf("U%05d", i)))
		rows += row(6, string(networks[i]), care, "Paramedic", "1", "")
	}
	ahead := &client.Problems{Reasons: []client.Problem{{Code: "MONTH_AHEAD", Message: "Not yet."}}}
	b := knows(networks...)
	b.fails, b.failsFor = ahead, "U00020"
	out, err := importstaff.Run(t.Context(), b, importstaff.Options{}, file(t, rows))
	if !errors.Is(err, ahead) || b.asked > 30 || out.Recorded < 1 || out.Recorded != len(b.has) {
		t.Errorf("%d asked, %+v, %v", b.asked, out, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b = knows(networks...)
	if out, err := importstaff.Run(ctx, b, importstaff.Options{}, file(t, rows)); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestSeveralAtOnceAndNotMore(t *testing.T) {
	rows, b := header, knows()
	for i := range 40 {
		b.known = append(b.known, events.PCN(fmt.Sprintf("U%05d", i)))
		rows += row(6, string(b.known[i]), care, "Paramedic", "1", "")
	}
	b.gate = make(chan struct{})
	time.AfterFunc(200*time.Millisecond, func() { close(b.gate) }) // long after all have come that may
	out, err := importstaff.Run(t.Context(), b, importstaff.Options{}, file(t, rows))
	if err != nil || out.Recorded != 40 || b.most != 8 {
		t.Errorf("%d at once; %+v, %v", b.most, out, err)
	}
}

func TestAnOutcomeIsJSON(t *testing.T) {
	out, err := importstaff.Run(t.Context(), knows("U99001", "U99002"), importstaff.Options{}, file(t, header+good))
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(out)
	want := `{"file":"staff.csv","sha256":"` + out.SHA256 + `","months":["2026-06"],"rows":6,"networks":2,"returns":2,"recorded":2,"already":0,"wte":"2.953333333"}`
	if err != nil || string(text) != want || strings.Contains(strings.ReplaceAll(string(text), out.SHA256, ""), "14574") {
		t.Errorf("%s, %v", text, err)
	}
}
