package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	fact "github.com/ics-openbook/openbook/events/network"
	ledgers "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/network/view"
)

// evenly is two systems: QZ1 has six networks, of the last of which the patients
// are not known, and QZ2 has four. Each has £1 to £6 for each of 10,000 patients,
// at a score of 10 to 60; so the slope is £1, exactly.
func evenly(t *testing.T) desk {
	t.Helper()
	const year = events.Year("2025/26")
	var registry view.State
	money := &graph.Money{}
	record := func(all ...fact.Event) {
		for _, e := range all {
			registry = view.Evolve(registry, e)
		}
	}
	for s, networks := range []int{6, 4} {
		system := events.ICB(fmt.Sprint("QZ", s+1))
		record(fact.SystemRegistered{System: system, Name: "System"})
		books := funding.Ledger{System: system, Year: year}
		for i := range networks {
			network, practice := events.PCN(fmt.Sprintf("U99%d0%d", s+1, i+1)), events.Practice(fmt.Sprintf("Z99%d0%d", s+1, i+1))
			record(fact.NetworkRegistered{Network: network, Name: "Network", System: system}, fact.PracticeRegistered{Practice: practice, Name: "Practice", System: system},
				fact.Joined{Practice: practice, Network: network, Period: joined},
				fact.DeprivationRecorded{Practice: practice, Year: 2025, Score: decimal.MustNew(int64(10*(i+1)), 0)})
			if i < 5 {
				record(fact.ListSizeRecorded{Practice: practice, Basis: fact.Registered, On: year.Freeze(), Patients: 10_000})
			}
			account := func(holder events.Entity, stage funding.Stage) funding.Account {
				return funding.Account{Holder: holder, Stage: stage, Stream: "local", Purpose: "anything"}
			}
			pot, amount := account(system.Entity(), funding.StagePot), events.GBP(10_000_00*(i+1))
			head := func(n int) funding.Head {
				return funding.Head{Ledger: books, Number: 2*i + n, On: year.First(), Party: system.Entity(), By: "person-finance"}
			}
			all := []funding.Event{
				funding.Received{Move: funding.Move{Head: head(1), Reference: "R", Postings: funding.Transfer(amount, account(funding.England, funding.StageSource), pot)}},
				funding.Allocated{Move: funding.Move{Head: head(2), Reference: "A", Postings: funding.Transfer(amount, pot, account(network.Entity(), funding.StageAllocated))}},
			}
			if network == "U99101" { // the year before, money for managers alone
				before := func(holder events.Entity, stage funding.Stage) funding.Account {
					return funding.Account{Holder: holder, Stage: stage, Stream: "local", Purpose: "managers"}
				}
				all = append(all, funding.Received{Move: funding.Move{
					Head:      funding.Head{Ledger: funding.Ledger{System: system, Year: "2024/25"}, Number: 1, On: events.Year("2024/25").First(), Party: system.Entity()},
					Reference: "M", Postings: funding.Transfer(500_00, before(funding.England, funding.StageSource), before(network.Entity(), funding.StageConfirmed)),
				}})
			}
			for _, e := range all {
				var err error
				if money.State.Ledgers, err = ledgers.Evolve(money.State.Ledgers, e, ledgers.Place{ID: "e", Ordinal: 1, Time: recorded}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	d := over(registry, registry)
	d.api.resolver.Money = stillMoney{money}
	return d
}

const slopeAndBands = `slope { line { slope standardError low high rSquared intercept } unknown { code } networks { value } }
	bands { under { from to networks { value } share { value } survey { value } } middle { networks { value unknown { code } } survey { unknown { code } } } over { networks { value } } known { value unknown { code } } surveySource }`

func askEquity(system, fields string) string {
	return `{ system(code: "` + system + `") { equity(year: "2025/26") { ` + fields + ` } } }`
}

const (
	straight = `"slope":{"line":{"slope":"1","standardError":"0","low":"1","high":"1","rSquared":"1","intercept":"0"},"unknown":null,`
	banded   = `"bands":{"under":{"from":null,"to":"19999.99","networks":{"value":"1"},"share":{"value":"16.7"},"survey":{"value":"42"}},"middle":{"networks":{"value":"4","unknown":null},"survey":{"unknown":{"code":"NOT_PUBLISHED"}}},"over":{"networks":{"value":"1"}},"known":{"value":"6","unknown":null},"surveySource":"NHS Confederation, Equipped for success?, 2020"}`
	tooFew   = `"slope":{"line":null,"unknown":{"code":"TOO_FEW_TO_SHOW"},"networks":{"value":null}},`
)

// Everybody of the system reads its networks; others what tells nothing of one, and
// nothing at all of fewer than five.
func TestWhoReadsEquity(t *testing.T) {
	d := evenly(t)
	single := []string{`networks { code amount { value } }`, `slope { leftOut { code why { code } } }`, `bands { unknown { code } }`}
	whatIf := `equityWhatIf(year: "2025/26", input: {basis: REGISTERED}) { pot }`
	for _, who := range []ask.Grant{{Role: ask.PCN, Of: "network-U99101"}, {Role: ask.Auditor, Of: "system-QZ1"}, steward} {
		a := query(t, d.as(who), askEquity("QZ1", slopeAndBands+` networks { code amount { value passport { rule } } patients { value } perHead { value unknown { code } } deprivation { value } }`))
		for _, want := range []string{straight + `"networks":{"value":"5"}}`, banded, `{"code":"U99102","amount":{"value":"20000.00","passport":{"rule":"What the system has allocated, less what it has taken back."}},"patients":{"value":"10000"},"perHead":{"value":"2.00","unknown":null},"deprivation":{"value":"20"}}`, `"perHead":{"value":null,"unknown":{"code":"NOT_SUBMITTED"}}`} {
			if len(a.Errors) > 0 || !strings.Contains(a.body, want) {
				t.Errorf("%v is not answered %s\n%s", who, want, a.body)
			}
		}
		if a := query(t, d.as(who), askEquity("QZ1", single[1])); !strings.Contains(a.body, `{"code":"U99106","why":{"code":"NOT_SUBMITTED"}}`) {
			t.Errorf("%v is answered %s", who, a.body)
		}
	}

	other := d.as(ask.Grant{Role: ask.Finance, Of: "system-QZ2"})
	if a := query(t, other, askEquity("QZ1", slopeAndBands)); len(a.Errors) > 0 || !strings.Contains(a.body, straight) || !strings.Contains(a.body, banded) {
		t.Errorf("others are answered %s", a.body)
	}
	for _, fields := range single {
		if a := query(t, other, askEquity("QZ1", fields)); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) || strings.Contains(a.body, "U991") {
			t.Errorf("others are answered %s, to %s", a.body, fields)
		}
	}
	if a := query(t, other, `{ system(code: "QZ1") { `+whatIf+` } }`); !slices.Equal(a.codes(), []string{"OTHER_SYSTEM"}) {
		t.Errorf("others are answered %s", a.body)
	}

	if a := query(t, other, `{ system(code: "QZ2") { equity(year: "2024/25") { bands { unknown { code why { code } } known { value } } } again: equity(year: "2025/26", stream: "local", stage: PAID, practices: true) { stream stage practices year } } }`); len(a.Errors) > 0 ||
		strings.Count(a.body, `"why":{"code":"NOTHING_ENTERED"}`) != 4 || !strings.Contains(a.body, `"known":{"value":"0"}`) || !strings.Contains(a.body, `{"stream":"local","stage":"PAID","practices":true,"year":"2025/26"}`) {
		t.Errorf("of a year in which nothing is entered: %s", a.body)
	}
	few := askEquity("QZ2", slopeAndBands)
	if a := query(t, other, few); len(a.Errors) > 0 || !strings.Contains(a.body, straight) || !strings.Contains(a.body, `"known":{"value":"4"`) {
		t.Errorf("those whose four networks they are are answered %s", a.body)
	}
	a := query(t, d.as(ask.Grant{Role: ask.PCN, Of: "network-U99101"}), few)
	if len(a.Errors) > 0 || !strings.Contains(a.body, tooFew) || !strings.Contains(a.body, `"middle":{"networks":{"value":null,"unknown":{"code":"TOO_FEW_TO_SHOW"}}`) || !strings.Contains(a.body, `"known":{"value":null`) {
		t.Errorf("of four networks, others are answered %s", a.body)
	}
}

func TestEquityWhatIf(t *testing.T) {
	d := evenly(t)
	own := d.as(ask.Grant{Role: ask.Board, Of: "system-QZ2"})
	ask := func(input string) string {
		return `{ system(code: "QZ2") { equityWhatIf(year: "2025/26", ` + input + `) { pot meanDeprivation deprivationWeight basis networks { code before { value } after { value passport { arithmetic } } change percent } kept { code why { code } } before { slope { line { slope } } } after { slope { line { slope } } bands { under { networks { value } } } } } } }`
	}
	a := query(t, own, ask(`input: {basis: REGISTERED, deprivationWeight: "0.2"}`))
	for _, want := range []string{
		`"pot":"100000.00","meanDeprivation":"25.000","deprivationWeight":"0.2","basis":"REGISTERED"`,
		`{"code":"U99201","before":{"value":"10000.00"},"after":{"value":"17500.00","passport":{"arithmetic":"£17500.00 = £17500.00"}},"change":"7500.00","percent":"75"}`,
		`{"code":"U99204","before":{"value":"40000.00"},"after":{"value":"32500.00","passport":{"arithmetic":"£32500.00 = £32500.00"}},"change":"-7500.00","percent":"-18.75"}`,
		`"kept":[],"before":{"slope":{"line":{"slope":"1"}}},"after":{"slope":{"line":{"slope":"0.5"}},"bands":{"under":{"networks":{"value":"1"}}}}`,
	} {
		if len(a.Errors) > 0 || !strings.Contains(a.body, want) {
			t.Errorf("not answered %s\n%s", want, a.body)
		}
	}
	if a := query(t, own, ask(`input: {basis: WEIGHTED}`)); len(a.Errors) > 0 || strings.Count(a.body, `"why":{"code":"NOT_SUBMITTED"}`) != 4 || !strings.Contains(a.body, `"pot":"0.00","meanDeprivation":null,"deprivationWeight":"0"`) {
		t.Errorf("by a basis that nobody knows: %s", a.body)
	}
	for input, code := range map[string]string{
		`input: {basis: REGISTERED, deprivationWeight: "0.7"}`: "DEPRIVATION_WEIGHT_INVALID",
		`input: {basis: REGISTERED, deprivationWeight: "-1"}`:  "DEPRIVATION_WEIGHT_INVALID",
		`stream: "nothing", input: {basis: REGISTERED}`:        "STREAM_UNKNOWN",
	} {
		if a := query(t, own, ask(input)); !slices.Equal(a.codes(), []string{code}) {
			t.Errorf("%s: %s", input, a.body)
		}
	}
	if a := query(t, own, `{ system(code: "QZ2") { equity(year: "2025") { year } } }`); !slices.Equal(a.codes(), []string{"YEAR_INVALID"}) {
		t.Error(a.body)
	}
}

func TestMayISpend(t *testing.T) {
	d := evenly(t)
	asked := func(who ask.Grant, network, year, stream, purpose string) answered {
		return query(t, d.as(who), fmt.Sprintf(`{ mayISpend(network: %q, year: %q, stream: %q, purpose: %q) { sentence ruling { permission uses { key } } available { value } left { value } fenced { purpose stages { available { value } } } until } }`, network, year, stream, purpose))
	}
	own := ask.Grant{Role: ask.PCN, Of: "network-U99101"}
	for purpose, want := range map[string]string{
		"managers": `{"mayISpend":{"sentence":"No source says whether “local” may be spent on managers. Ask the system before you spend it. £500.00 is there for it, until 2025-03-31.","ruling":{"permission":"NOT_STATED","uses":[]},"available":{"value":"500.00"},"left":{"value":"500.00"},"fenced":[],"until":"2025-03-31"}}`,
		"tea":      `"available":{"value":"0.00"},"left":{"value":"0.00"},"fenced":[{"purpose":"managers","stages":{"available":{"value":"500.00"}}}],`,
	} {
		if a := asked(own, "U99101", "2024/25", "local", purpose); len(a.Errors) > 0 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %s", purpose, a.body)
		}
	}
	for _, c := range []struct {
		who                   ask.Grant
		network, year, stream string
		code                  string
	}{
		{own, "U99201", "2025/26", "local", "OTHER_SYSTEM"}, {own, "U99999", "2025/26", "local", "OTHER_SYSTEM"},
		{own, "U99101", "2025/26", "none", "STREAM_UNKNOWN"}, {own, "U99101", "2025", "local", "YEAR_INVALID"},
	} {
		if a := asked(c.who, c.network, c.year, c.stream, "tea"); !slices.Equal(a.codes(), []string{c.code}) {
			t.Errorf("%+v: %s", c, a.body)
		}
	}
	if a := asked(steward, "U99999", "2025/26", "local", "tea"); len(a.Errors) > 0 || !strings.Contains(a.body, `{"mayISpend":null}`) {
		t.Errorf("of a network that is not there: %s", a.body)
	}
}
