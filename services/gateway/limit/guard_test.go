package limit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/attacktest"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// trusting trusts some documents.
type trusting []string

func (t trusting) ByHash(h limit.Hash) (*limit.Document, bool) {
	for _, text := range t {
		if limit.HashOf(text) == h {
			d, errs := limit.Read(schema.Schema(), text, true)
			return d, len(errs) == 0
		}
	}
	return nil, false
}

func with(g *limit.Guard) *executor.Executor {
	exec := executor.New(schema)
	exec.SetQueryCache(limit.Parsed{})
	exec.Use(g)
	return exec
}

// A trusted document is known by its text and by its hash, in the two ways that
// clients send one; a hash that nobody knows is answered in the words that they
// look for.
func TestADocumentIsSentByItsHash(t *testing.T) {
	const text = "query Known { me { name } }"
	known, other := limit.HashOf(text).String(), limit.HashOf("{ me { ref } }").String()
	exec := with(limit.New(trusting{text}, limit.NewBuckets(today, plenty), limit.Longest))
	apollo := func(hash any) map[string]any {
		return map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}}
	}
	id := func(id any) map[string]any { return map[string]any{limit.DocumentID: id} }
	for name, c := range map[string]struct {
		query      string
		extensions map[string]any
		code       string
		trusted    bool
	}{
		"the text":                     {text, nil, "", true},
		"the hash, as Apollo":          {"", apollo(known), "", true},
		"in capitals":                  {"", apollo(strings.ToUpper(known)), "", true},
		"both":                         {text, apollo(known), "", true},
		"the id":                       {"", id("sha256:" + known), "", true},
		"another text":                 {"{ me { ref } }", nil, "", false},
		"another text with its hash":   {"{ me { ref } }", apollo(other), "", false},
		"another's hash":               {"{ me { ref } }", apollo(known), "PERSISTED_QUERY_MISMATCH", false},
		"a hash nobody knows":          {"", apollo(other), "PERSISTED_QUERY_NOT_FOUND", false},
		"an id nobody knows":           {"", id("sha256:" + other), "PERSISTED_QUERY_NOT_FOUND", false},
		"an id of another kind":        {"", id(known), "PERSISTED_QUERY_NOT_FOUND", false},
		"a hash that is none":          {"", apollo("abc"), "PERSISTED_QUERY_NOT_FOUND", false},
		"a hash that is no text":       {"", apollo(12), "PERSISTED_QUERY_NOT_FOUND", false},
		"none of them":                 {"", nil, "DOCUMENT_MISSING", false},
		"an extension of another kind": {"", map[string]any{"persistedQuery": true}, "DOCUMENT_MISSING", false},
	} {
		op, errs, answer := ask(exec, &graphql.RawParams{Query: c.query, Extensions: c.extensions})
		if strings.Join(codes(errs), " ") != c.code {
			t.Errorf("%s: %v, want %s", name, errs, c.code)
			continue
		}
		if c.code == "PERSISTED_QUERY_NOT_FOUND" && answer.Errors[0].Message != "PersistedQueryNotFound" {
			t.Errorf("%s: %q", name, answer.Errors[0].Message)
		}
		if d := limit.DocumentOf(op); c.code == "" && (d.Trusted != c.trusted || op.RawQuery != d.Text) {
			t.Errorf("%s: %+v, and what is carried out is %q", name, d, op.RawQuery)
		}
	}
}

// A trusted document may be what a free one may not, but not everything.
func TestATrustedDocumentHasWiderLimits(t *testing.T) {
	dear := "{ networks(first: 2000) { nodes { code name members { practice { code name } } } } }"
	dearer := strings.Replace(dear, "code name }", "code name memberships { network { members { practice { code } } } } }", 1)
	exec := with(limit.New(trusting{dear, dearer}, limit.NewBuckets(today, plenty), limit.Longest))
	for text, code := range map[string]string{dear: "", dear + " ": "COMPLEXITY_LIMIT_EXCEEDED", dearer: "COMPLEXITY_LIMIT_EXCEEDED"} {
		if _, errs, _ := ask(exec, &graphql.RawParams{Query: text}); strings.Join(codes(errs), " ") != code {
			t.Errorf("%s: %v, want %q", text, errs, code)
		}
	}
}

// What was refused is refused again for little, and what was read is not read
// again. An attacker who makes up documents has only so many of them kept.
func TestTheSameAgainCostsLittle(t *testing.T) {
	g := limit.New(none{}, limit.NewBuckets(today, plenty), limit.Longest)
	exec := with(g)
	n := 0
	work := func(text string, fresh bool) float64 {
		return testing.AllocsPerRun(20, func() {
			n++
			sent := &graphql.RawParams{Query: text}
			if fresh {
				sent.Query += fmt.Sprintf("#%d", n)
			}
			_, _, _ = ask(exec, sent)
		})
	}
	right := "{ networks(first: 9) { nodes { code name system { code name } practices { code name } } } }"
	for _, text := range []string{right, strings.Replace(right, "code", "cod", 1), "{" + attacktest.Repeat(900, "hello ") + "}"} {
		if first, again := work(text, true), work(text, false); again*4 > first {
			t.Errorf("%.40s takes %.0f allocations, and %.0f again", text, first, again)
		}
	}
	for i := range 3_000 {
		_, _, _ = ask(exec, &graphql.RawParams{Query: fmt.Sprintf("%s#%d", right, i)})
		_, _, _ = ask(exec, &graphql.RawParams{Query: fmt.Sprintf("{ a%d }", i)})
	}
	if known, refused, most := g.Kept(); known > most || refused > most || known < 200 || refused < 900 {
		t.Errorf("%d documents and %d refusals are kept", known, refused)
	}
}

// A refusal that is kept is told to many at once.
func TestARefusalIsNotSharedToBeChanged(t *testing.T) {
	exec := guarded(plenty)
	done := make(chan []byte)
	for range 8 {
		go func() {
			_, _, answer := ask(exec, &graphql.RawParams{Query: "{ a b c d e f }"})
			answer.Errors[0].Message += "!"
			said, _ := json.Marshal(answer.Errors)
			done <- said
		}()
	}
	for range 8 {
		if said := <-done; strings.Contains(string(said), "!!") {
			t.Errorf("%s", said)
		}
	}
}

// hand is a clock that is moved by hand.
type hand struct{ now time.Time }

func (h *hand) Now() time.Time { return h.now }

var _ clock.Clock = &hand{}

// ofClient asks as somebody, with a program.
func ofClient(exec *executor.Executor, person, program, text string) (codes []string, cost limit.Cost, extensions map[string]any) {
	ctx := identity.With(context.Background(), identity.Person{Ref: events.PersonRef(person), Client: program})
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: text})
	answer := exec.DispatchError(graphql.WithOperationContext(ctx, op), errs)
	for _, e := range answer.Errors {
		codes = append(codes, fmt.Sprint(e.Extensions["code"]))
		extensions = e.Extensions
	}
	return codes, answer.Extensions["cost"].(limit.Cost), extensions
}

// Each client has a share of its own. Who has had it waits as long as the answer
// says, and no longer; what was refused is not charged again.
func TestAClientHasItsShare(t *testing.T) {
	c := &hand{time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}
	b := limit.NewBuckets(c, limit.Share{Capacity: 10_000, Leak: 100})
	exec := with(limit.New(none{}, b, limit.Longest))
	const dear = "{ networks(first: 100) { nodes { code name open opened lastDay clinicalSystems } } }" // 1,200
	for i := range 8 {
		codes, cost, _ := ofClient(exec, "person-a", "dashboard", dear)
		want := limit.Cost{Requested: 1_200, Remaining: 10_000 - 1_200*(i+1), ResetAt: c.now.Add(time.Duration(12*(i+1)) * time.Second).Format(time.RFC3339)}
		if len(codes) > 0 || cost != want {
			t.Fatalf("%v, %+v, want %+v", codes, cost, want)
		}
	}
	for range 3 {
		codes, cost, extensions := ofClient(exec, "person-a", "dashboard", dear)
		if !slices.Equal(codes, []string{"RATE_LIMITED"}) || cost.Remaining != 400 || extensions["retryAfter"] != 8 {
			t.Fatalf("%v, %+v, %v", codes, cost, extensions)
		}
	}
	for _, other := range [][2]string{{"person-b", "dashboard"}, {"person-a", "importer"}} {
		if codes, _, _ := ofClient(exec, other[0], other[1], dear); len(codes) > 0 {
			t.Errorf("%v: %v", other, codes)
		}
	}
	if codes, _, _ := ofClient(exec, "person-a", "dashboard", "{ me { name } }"); len(codes) > 0 {
		t.Errorf("what there is room for: %v", codes)
	}
	c.now = c.now.Add(7 * time.Second)
	if codes, _, _ := ofClient(exec, "person-a", "dashboard", dear); len(codes) == 0 {
		t.Error("it was let past too soon")
	}
	c.now = c.now.Add(time.Second + 20*time.Millisecond)
	if codes, _, _ := ofClient(exec, "person-a", "dashboard", dear); len(codes) > 0 {
		t.Errorf("it has waited as it was told: %v", codes)
	}
}

// Refusals cost too: who sends rubbish runs out as well, and then nothing more is
// read of what they send.
func TestRubbishIsNotFree(t *testing.T) {
	exec := with(limit.New(none{}, limit.NewBuckets(today, limit.Share{Capacity: 10_000, Leak: 1}), limit.Longest))
	n := 0
	for ; n < 100; n++ {
		if codes, _, _ := ofClient(exec, "person-a", "", fmt.Sprintf("{ a%d }", n)); slices.Equal(codes, []string{"RATE_LIMITED"}) {
			break
		}
	}
	if n != 10 {
		t.Errorf("%d documents of rubbish were read", n)
	}
}

// A document without a mistake costs as much, if nothing of it can be carried out
// with what came beside it; and it is said why.
func TestWhatCannotBeCarriedOutIsNotFree(t *testing.T) {
	const one, two = "query A($n: Int!) { networks(first: $n) { totalCount } }", "query A { me { name } } query B { me { ref } }"
	for name, c := range map[string]struct {
		sent graphql.RawParams
		says string
	}{
		"no such operation":   {graphql.RawParams{Query: two, OperationName: "C"}, `The document has no operation "C". It has: "A", "B".`},
		"a long name":         {graphql.RawParams{Query: two, OperationName: strings.Repeat("C", 200)}, `no operation "` + strings.Repeat("C", 100) + `". It`},
		"no name":             {graphql.RawParams{Query: two}, "The document has several operations: \"A\", \"B\". Name one of them as `operationName`."},
		"a name for one":      {graphql.RawParams{Query: "{ me { name } }", OperationName: "A"}, "The document's only operation has no name. Leave out `operationName`."},
		"no variable":         {graphql.RawParams{Query: one}, "must be defined"},
		"a variable that no ": {graphql.RawParams{Query: one, Variables: map[string]any{"n": "x"}}, "cannot use string as Int"},
	} {
		_, errs, answer := ask(guarded(plenty), &c.sent)
		if len(errs) != 1 || !strings.Contains(errs[0].Message, c.says) || strings.Join(codes(errs), " ") != "GRAPHQL_VALIDATION_FAILED" {
			t.Errorf("%s: %v", name, errs)
		}
		if cost := answer.Extensions["cost"].(limit.Cost); cost.Requested != 1_000 || cost.Remaining != plenty.Capacity-1_000 {
			t.Errorf("%s costs %+v", name, cost)
		}
	}
}

// A request that takes long to be read does not turn the bucket back to when it
// began.
func TestWhatHasLeakedDoesNotLeakAgain(t *testing.T) {
	c := &hand{time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}
	b, who := limit.NewBuckets(c, limit.Share{Capacity: 10_000, Leak: 100}), identity.Person{Ref: "person-a"}
	slow, _ := b.Begin(who)
	if !slow(10_000) {
		t.Fatal("there is no room in an empty bucket")
	}
	c.now = c.now.Add(10 * time.Second)
	quick, left := b.Begin(who)
	if !quick(500) || !slow(100) || left() != 400 {
		t.Errorf("%d is left of 1000 that have leaked", left())
	}
}

// Each answer of a subscription is poured in as the first is. When there is no room
// for one, it says so in its place, and ends.
func TestASubscriptionIsNotFree(t *testing.T) {
	g := limit.New(none{}, limit.NewBuckets(today, limit.Share{Capacity: 40, Leak: 1}), limit.Longest)
	exec := with(g)
	ctx := graphql.StartOperationTrace(identity.With(context.Background(), identity.Person{Ref: "person-a"}))
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: `subscription { networkChanged(code: "U99001") { position entries { type } } }`})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	ctx = graphql.WithOperationContext(ctx, op)
	answer := func() *graphql.Response {
		return g.InterceptResponse(ctx, func(context.Context) *graphql.Response { return &graphql.Response{Data: []byte(`{}`)} })
	}
	first := answer()
	cost := first.Extensions["cost"].(limit.Cost).Requested
	for n := 1; n < 40/cost; n++ {
		if next := answer(); next == nil || string(next.Data) != "{}" || len(next.Errors) > 0 {
			t.Fatalf("answer %d of %d is %+v", n, cost, next)
		}
	}
	last := answer()
	if last == nil || last.Data != nil || !slices.Equal(codes(last.Errors), []string{"RATE_LIMITED"}) || last.Errors[0].Extensions["retryAfter"] == nil {
		t.Errorf("one for which there is no room is %+v", last)
	}
	if more := answer(); more != nil {
		t.Errorf("it goes on: %+v", more)
	}
}

// An attacker with many names does not fill the memory with buckets.
func TestBucketsAreBounded(t *testing.T) {
	b := limit.NewBuckets(today, plenty)
	exec := with(limit.New(none{}, b, limit.Longest))
	for i := range limit.MostClients + 100 {
		ofClient(exec, fmt.Sprint(i), "", "{ me { name } }")
	}
	if b.Clients() != limit.MostClients {
		t.Errorf("there are %d", b.Clients())
	}
}

func TestAShareIsChecked(t *testing.T) {
	for share, right := range map[limit.Share]bool{limit.Usual: true, {Capacity: limit.Trusted.Cost - 1, Leak: 1}: false, {Capacity: limit.Trusted.Cost}: false, {}: false} {
		if err := share.Check(); (err == nil) != right {
			t.Errorf("%+v: %v", share, err)
		}
	}
}

// What the guard adds to a small mutation that has been sent before:
//
//	go test -run '^$' -bench BenchmarkGuard ./services/gateway/limit
func BenchmarkGuard(b *testing.B) {
	const text = `mutation J($input: JoinNetworkInput!) { answer: joinNetwork(input: $input) { receipt { id entries types revision position ordinal time visible } problems { code message path docs } } }`
	sent := graphql.RawParams{Query: text, Variables: map[string]any{"input": map[string]any{"idempotencyKey": "k", "practice": "A81001", "network": "U12345", "from": "2026-04-01"}}}
	for name, exec := range map[string]*executor.Executor{"guarded": guarded(plenty), "plain": unguarded()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				one := sent
				ctx := graphql.StartOperationTrace(context.Background())
				if _, errs := exec.CreateOperationContext(ctx, &one); len(errs) > 0 {
					b.Fatal(errs)
				}
			}
		})
	}
}

// unguarded is gqlgen with its own cache of documents.
func unguarded() *executor.Executor {
	exec := executor.New(schema)
	exec.SetQueryCache(graphql.MapCache[*ast.QueryDocument]{})
	return exec
}

// What a refusal says of an ask that was cut short is not replaced: it may have
// been done.
func TestWhyWorkEnded(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	late := fmt.Errorf("%w: %w", refuse.ErrUnavailable, context.DeadlineExceeded)
	other := errors.New("disk on fire")
	if err := limit.Cause(ctx, context.DeadlineExceeded); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while the request goes on: %v", err)
	}
	cancel(limit.ErrAnswer)
	for err, want := range map[error]error{context.Canceled: limit.ErrAnswer, late: refuse.ErrUnavailable, other: other} {
		if got := limit.Cause(ctx, err); !errors.Is(got, want) {
			t.Errorf("%v is told as %v, want %v", err, got, want)
		}
	}
	gone, leave := context.WithCancel(context.Background())
	leave()
	if got := limit.Cause(gone, context.Canceled); !errors.Is(got, limit.ErrTime) {
		t.Errorf("a client that has gone is told %v", got)
	}
}
