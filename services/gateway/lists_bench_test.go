package gateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/gateway/registrytest"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

// The long list that speed is promised for: 1,250 networks, of each 15 scalars
// and three objects of four. A network has six scalars of its own, and its type;
// aliases make up the rest. One of the objects is a sum over the members.
const longList = `{ networks(first: 1250) { nodes {
	id code name opened lastDay open __typename
	k: id l: code m: name n: opened o: lastDay p: open q: code r: name
	system { id code name region } subICB { id code name __typename } patients { value unit u: unit __typename }
} } }`

// One long list through the whole of the gateway but the network, in the ways
// there are to make it, and by an encoder written for nothing else:
//
//	GOMAXPROCS=1 go test -run '^$' -bench BenchmarkLongList -benchtime 100x -benchmem ./services/gateway
func BenchmarkLongList(b *testing.B) {
	free := limit.Free
	limit.Free = limit.Trusted // as if the document were shipped
	defer func() { limit.Free = free }()
	state := country()
	kept, plainly, generally := over(state, state), over(state, state), over(state, state)
	plainly.api.answers = nil
	generally.api.generally, generally.api.answers = true, nil
	want := sent(plainly.as(), longList)
	if other := sent(generally.as(), longList); want != other || strings.Contains(want, `"errors"`) {
		b.Fatalf("it is answered plainly   %.300s\nand is answered generally %.300s", want, other)
	}
	anew := over(state, state)
	anew.api.answers = nil
	m := &moving{}
	anew.api.resolver.Registry = m
	for _, way := range []struct {
		name   string
		desk   desk
		before func()
	}{
		{"generally", generally, func() {}},
		{"plainly", plainly, func() {}},
		{"moved", anew, func() { moved := *plainly.api.resolver.Registry.Seen(); m.now.Store(&moved) }}, // between any two
		{"kept", kept, func() {}},
	} {
		b.Run(way.name, func(b *testing.B) { served(b, way.desk.as(), longList, len(want), way.before) })
	}
	rows := rowsOf(&view.Reading{State: state, On: registrytest.Today, Unknown: never})
	prefix, suffix := `{"data":{"networks":{"nodes":[`, want[strings.LastIndex(want, `]}}`):]
	if got := prefix + string(byHand(nil, rows)) + suffix; got != want {
		b.Fatalf("by hand it is written %.600s\nnot %.600s", got, want)
	}
	b.Run("byHand", func(b *testing.B) {
		var to []byte
		measured(b, func() { to = byHand(to[:0], rows) })
	})
}

// served answers a document again and again.
func served(b *testing.B, who http.Handler, document string, size int, before func()) {
	b.Helper()
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		b.Fatal(err)
	}
	measured(b, func() {
		before()
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
		r.Header.Set("Content-Type", "application/json")
		w := &counter{header: http.Header{}}
		if who.ServeHTTP(w, r); w.n != size {
			b.Fatalf("%d bytes, not %d", w.n, size)
		}
	})
	b.ReportMetric(float64(size), "answer-B")
}

// measured reports what the process itself needs: other work on the machine
// takes longer, not more.
func measured(b *testing.B, once func()) {
	b.ReportAllocs()
	began := spent()
	for b.Loop() {
		once()
	}
	each := (spent() - began) / time.Duration(b.N)
	b.ReportMetric(float64(each.Microseconds())/1000, "cpu-ms/op")
	b.ReportMetric(1/each.Seconds(), "answers/core-s")
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the address is good
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// counter is a connection to somebody who only counts.
type counter struct {
	header http.Header
	n      int
}

func (c *counter) Header() http.Header              { return c.header }
func (c *counter) WriteHeader(int)                  {}
func (c *counter) Write(b []byte) (int, error)      { c.n += len(b); return len(b), nil }
func (c *counter) SetWriteDeadline(time.Time) error { return nil }

// row is what the list shows of a network, at hand.
type row struct {
	id, code, name, opened                                            string
	open                                                              bool
	systemID, systemCode, systemName, region, subID, subCode, subName string
	patients                                                          int
}

func rowsOf(r *view.Reading) (all []row) {
	for _, n := range r.Networks(view.Filter{})[:1250] {
		s, sub := n.System(), n.SubICB()
		patients, _, _ := n.Patients("REGISTERED").Value.Int64(0)
		all = append(all, row{
			n.ID(), string(n.Code()), n.Name(), n.Opened().String(), n.Open(),
			s.ID(), string(s.Code()), s.Name(), string(*s.Region()), sub.ID(), string(sub.Code()), sub.Name(), int(patients),
		})
	}
	return all
}

func byHand(b []byte, rows []row) []byte {
	text := func(key, s string) { b = append(append(append(append(b, key...), '"'), s...), '"') }
	for i, r := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		text(`{"id":`, r.id)
		text(`,"code":`, r.code)
		text(`,"name":`, r.name)
		text(`,"opened":`, r.opened)
		b = append(b, `,"lastDay":null,"open":`...)
		b = strconv.AppendBool(b, r.open)
		b = append(b, `,"__typename":"Network"`...)
		text(`,"k":`, r.id)
		text(`,"l":`, r.code)
		text(`,"m":`, r.name)
		text(`,"n":`, r.opened)
		b = append(b, `,"o":null,"p":`...)
		b = strconv.AppendBool(b, r.open)
		text(`,"q":`, r.code)
		text(`,"r":`, r.name)
		text(`,"system":{"id":`, r.systemID)
		text(`,"code":`, r.systemCode)
		text(`,"name":`, r.systemName)
		text(`,"region":`, r.region)
		text(`},"subICB":{"id":`, r.subID)
		text(`,"code":`, r.subCode)
		text(`,"name":`, r.subName)
		b = append(b, `,"__typename":"SubICB"},"patients":{"value":"`...)
		b = strconv.AppendInt(b, int64(r.patients), 10)
		b = append(b, `","unit":"patient","u":"patient","__typename":"Figure"}}`...)
	}
	return b
}

func never(events.Entity) *figure.Unknown { return nil }
