package platform_test

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/identity"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/platform"
)

// A network challenges a hold; the system lets the day for an acknowledgement go
// by, and answers late. The days pass by the platform's clock, also while it is
// not running.
func TestChallenge(t *testing.T) {
	t.Parallel()
	var days atomic.Int64
	now := clock.Func(func() time.Time {
		return time.Date(2025, time.July, 1, 11, 0, 0, 0, time.UTC).AddDate(0, 0, int(days.Load()))
	})
	data := t.TempDir()
	s, _ := up(t, platform.Config{Data: data, Clock: now})
	s.mint = func(t testing.TB, person string, grants ...ask.Grant) string {
		t.Helper()
		local, err := identity.OpenLocal(data, now, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		token, err := local.Mint(identity.Person{Ref: events.PersonRef("person-" + person), Name: person, Client: "test", Grants: grants}, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	pcn, finance := ask.Grant{Role: ask.PCN, Of: "network-U99001"}, ask.Grant{Role: ask.Finance, Of: "system-QZ1"}
	c := s.as(t, "steward", steward)
	c.do(t, "registerSystem", input{"code": "QZ1", "name": "System"})
	c.do(t, "registerNetwork", input{"code": "U99001", "name": "Network", "system": "QZ1"})
	maker, manager := s.as(t, "maker", finance), s.as(t, "manager", pcn)
	one := input{"network": "U99001", "reason": "to be agreed"}
	maker.do(t, "receiveFunding", money("E1", "1000.00", nil))
	maker.do(t, "allocateFunding", money("A1", "600.00", one))
	maker.do(t, "holdFunding", money("H1", "100.00", one))

	open := input{"network": "U99001", "system": "QZ1", "year": "2025/26", "reference": "C1", "entry": 3, "words": "Nobody told us."}
	if got := manager.refused(t, "openChallenge", input{"network": "U99001", "system": "QZ1", "year": "2025/26", "reference": "C1", "entry": 4, "words": "?"}); got[0].Code != "ENTRY_UNKNOWN" {
		t.Errorf("a challenge of nothing: %+v", got)
	}
	manager.do(t, "openChallenge", open)
	const state = `{ challenge(name: "U99001-2025-26-C1") { status acknowledgeBy answerBy byDefault overdue letGoBy { step due } } }`
	manager.says(t, state, `{"challenge":{"status":"OPEN","acknowledgeBy":"2025-07-08","answerBy":"2025-07-29","byDefault":true,"overdue":[],"letGoBy":[]}}`)

	days.Store(8)
	manager, maker = s.as(t, "manager", pcn), s.as(t, "maker", finance)
	silent := strings.NewReplacer(`"overdue":[]`, `"overdue":["ACKNOWLEDGEMENT"]`, `"letGoBy":[]`, `"letGoBy":[{"step":"ACKNOWLEDGEMENT","due":"2025-07-08"}]`).
		Replace(`{"challenge":{"status":"OPEN","acknowledgeBy":"2025-07-08","answerBy":"2025-07-29","byDefault":true,"overdue":[],"letGoBy":[]}}`)
	manager.eventually(t, state, silent)
	s.restart(t)
	manager.eventually(t, state, silent)

	answer := input{"challenge": "U99001-2025-26-C1", "system": "QZ1", "outcome": "EXPLAINED", "words": "We told you in May."}
	maker.do(t, "answerChallenge", answer)
	manager.eventually(t, state, strings.NewReplacer(`"OPEN"`, `"ANSWERED"`, `["ACKNOWLEDGEMENT"]`, `[]`).Replace(silent))
	manager.says(t, `{ system(code: "QZ1") { duties(year: "2025/26") {
		policy { byDefault } payments { made median { value unknown { code } } unpaid } kept { held share { value } }
		acknowledgements { late onTime { value } } answers { inTime } notices { given inTime shortest { value } }
		breaches(first: 9) { nodes { duty entry challenge due done days } } } } }`,
		`{"system":{"duties":{"policy":{"byDefault":true},"payments":{"made":0,"median":{"value":null,"unknown":{"code":"NOTHING_TO_MEASURE"}},"unpaid":"500.00"},`+
			`"kept":{"held":"100.00","share":{"value":"16.66"}},"acknowledgements":{"late":1,"onTime":{"value":"0"}},"answers":{"inTime":1},`+
			`"notices":{"given":1,"inTime":0,"shortest":{"value":"0"}},"breaches":{"nodes":[`+
			`{"duty":"NOTICE","entry":3,"challenge":null,"due":"2025-06-03","done":"2025-07-01","days":28},`+
			`{"duty":"ACKNOWLEDGEMENT","entry":null,"challenge":"U99001-2025-26-C1","due":"2025-07-08","done":"2025-07-09","days":1}]}}}}`)
	if got := maker.refused(t, "acknowledgeChallenge", input{"challenge": "U99001-2025-26-C1", "system": "QZ1"}); got[0].Code != "CHALLENGE_ANSWERED" {
		t.Errorf("an acknowledgement after the answer: %+v", got)
	}
	manager.do(t, "acceptAnswer", input{"challenge": "U99001-2025-26-C1"})
	if got := maker.refused(t, "answerChallenge", input{"challenge": "U99001-2025-26-C1", "system": "QZ1", "outcome": "EXPLAINED", "words": "And again."}); got[0].Code != "CHALLENGE_CLOSED" {
		t.Errorf("an answer to a closed challenge: %+v", got)
	}
	book := `{ entries(about: "challenge-U99001-2025-26-C1", first: 9) { nodes { type } } }`
	if a := manager.ask(t, book); len(a.Errors) > 0 || strings.Count(a.body, "challenge.overdue.v1") != 1 {
		t.Errorf("the book says %s", a.body)
	}
}
