package platform_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/api/ask"
	api "github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/platform"
)

// A year's terms are published, read, corrected, disputed and withdrawn, and what
// was said before is answered as at then.
func TestContract(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	author := s.as(t, "steward", steward)
	manager := s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"}) // of a network that is not even in the book
	manager.says(t, `{ contract(year: "2025/26") { year } contracts { year } }`, `{"contract":null,"contracts":[]}`)

	c, err := api.New(s.at(), api.Token(author.token), api.Visible())
	if err != nil {
		t.Fatal(err)
	}
	documents, err := platform.ShippedContracts()
	if err != nil {
		t.Fatal(err)
	}
	rehearsed, err := platform.PublishContracts(t.Context(), c, true, documents...)
	if err != nil || len(rehearsed) != 8 || rehearsed[0].Entries == 0 || rehearsed[0].Receipt != nil {
		t.Fatalf("a dry run: %+v, %v", rehearsed, err)
	}
	manager.says(t, `{ contracts { year } }`, `{"contracts":[]}`)
	all, err := platform.PublishContracts(t.Context(), c, false, documents...)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range all {
		if o.Entries != rehearsed[i].Entries || !o.Receipt.Visible {
			t.Errorf("%s: %d entries, %d were rehearsed: %+v", o.Year, o.Entries, rehearsed[i].Entries, o.Receipt)
		}
	}
	again, err := platform.PublishContracts(t.Context(), c, false, documents...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range again {
		if o.Entries != 0 {
			t.Errorf("%s published again records %d entries", o.Year, o.Entries)
		}
	}

	const core = `{ contract(year: "2025/26") { freeze stream(key: "core") { payee standing lines { key basis amount(quantity: 50000) rates { rate from to source confidence } } } } }`
	manager.says(t, core, `{"contract":{"freeze":"2025-01-01","stream":{"payee":"NETWORK","standing":"CONFLICTING","lines":[`+
		`{"key":"core-registered","basis":"REGISTERED","amount":"113300.00","rates":[{"rate":"2.266","from":"2025-04-01","to":"2026-03-31","source":"pulsetoday.co.uk; BMA PCN funding page, quoted on GitHub","confidence":"FOUND"}]},`+
		`{"key":"core-adjusted","basis":"ADJUSTED","amount":"36650.00","rates":[{"rate":"0.733","from":"2025-04-01","to":"2026-03-31","source":"pulsetoday.co.uk; BMA PCN funding page, quoted on GitHub","confidence":"FOUND"}]}]}}}`)
	manager.says(t, `{ contract(year: "2026/27") { stream(key: "core") { lines { key } rateUnknown { code owedBy } } a: stream(key: "casp") { ended rateUnknown { code } } b: stream(key: "none") { key } } }`,
		`{"contract":{"stream":{"lines":[],"rateUnknown":{"code":"RATE_NOT_KNOWN","owedBy":"england"}},"a":{"ended":true,"rateUnknown":null},"b":null}}`)
	manager.says(t, `{ contract(year: "2022/23", on: "2022-10-01") { a: stream(key: "extended_hours") { lines { key } } b: stream(key: "enhanced_access") { lines { amount(quantity: 10000) rates { rate } } } } }`,
		`{"contract":{"a":{"lines":[]},"b":{"lines":[{"amount":"37300.00","rates":[{"rate":"7.46"}]}]}}}`)
	manager.says(t, `{ contract(year: "2024/25") { stream(key: "enhanced_access") { lines { rates { rate } history { type } } } } }`,
		`{"contract":{"stream":{"lines":[{"rates":[{"rate":"7.975"}],"history":[{"type":"contract.rate_set.v1"},{"type":"contract.rate_set.v1"}]}]}}}`)
	manager.says(t, `{ contract(year: "2023/24") { stream(key: "arrs_sum") { a: mayBuy(purpose: "additional-roles") { permission uses { source } } b: mayBuy(purpose: "parties") { permission } } c: stream(key: "casp") { mayBuy(purpose: "parties") { permission } disputes { value because } } } }`,
		`{"contract":{"stream":{"a":{"permission":"ALLOWED","uses":[{"source":"doncasterlmc.co.uk, ARRS page"}]},"b":{"permission":"FORBIDDEN"}},"c":{"mayBuy":{"permission":"NOT_STATED"},"disputes":[{"value":"2.795","because":"Two other sources agree on 2.765, which makes the published total; this looks like a slip."}]}}}`)
	manager.says(t, `{ contract(year: "2024/25") { a: role(key: "clinical-pharmacist") { maxima { value outerLondon unknown { code } from share } } b: role(key: "general-practitioner-recently-qualified") { maxima { london confidence } } c: role(key: "enhanced-practice-nurse") { limits { posts largePosts largeFrom } } } }`,
		`{"contract":{"a":{"maxima":[{"value":null,"outerLondon":null,"unknown":{"code":"MAXIMUM_NOT_KNOWN"},"from":"2024-04-01","share":100},{"value":"65838.00","outerLondon":"73189.00","unknown":null,"from":"2024-10-01","share":100}]},`+
			`"b":{"maxima":[{"london":"95233.00","confidence":"FOUND"}]},"c":{"limits":[{"posts":1,"largePosts":2,"largeFrom":100000}]}}}`)
	manager.says(t, `{ node(id: "contract-2025-26") { id ... on Contract { year } } other: node(id: "contract-2001-02") { id } none: node(id: "contract-x") { id } }`,
		`{"node":{"id":"contract-2025-26","year":"2025/26"},"other":null,"none":null}`)

	before := time.Now().UTC()
	line := with(cited, input{"year": "2025/26", "key": "core-registered", "stream": "core", "basis": "REGISTERED", "rate": "2.3", "per": "YEAR", "from": "2025-10-01", "to": "2026-03-31"})
	author.do(t, "setRate", line)
	const rates = `{ contract(year: "2025/26"%s) { stream(key: "core") { lines { rates { rate from } } } } }`
	corrected := `{"contract":{"stream":{"lines":[{"rates":[{"rate":"2.266","from":"2025-04-01"},{"rate":"2.3","from":"2025-10-01"}]},{"rates":[{"rate":"0.733","from":"2025-04-01"}]}]}}}`
	asItWas := `{"contract":{"stream":{"lines":[{"rates":[{"rate":"2.266","from":"2025-04-01"}]},{"rates":[{"rate":"0.733","from":"2025-04-01"}]}]}}}`
	manager.says(t, strings.Replace(rates, "%s", "", 1), corrected)
	then := strings.Replace(rates, "%s", `, asAt: "`+before.Format(time.RFC3339Nano)+`"`, 1)
	manager.says(t, then, asItWas)
	manager.says(t, strings.Replace(rates, "%s", `, asAt: "2001-01-01T00:00:00Z"`, 1), `{"contract":null}`)

	// what a mutation answers shows what it has done
	var answer struct {
		D struct{ Contract json.RawMessage } `json:"d"`
	}
	a, err := author.try(t.Context(), `mutation($input: WithdrawTermInput!) { d: withdrawTerm(input: $input) { problems { code } contract { stream(key: "core") { lines { key } } } } }`,
		map[string]any{"input": input{"year": "2025/26", "key": "core-registered", "reason": "said by mistake", "idempotencyKey": "w", "wait": "VISIBLE"}})
	if err != nil || json.Unmarshal(a.Data, &answer) != nil || string(answer.D.Contract) != `{"stream":{"lines":[{"key":"core-adjusted"}]}}` {
		t.Errorf("withdrawing answers %v %s", err, a.body)
	}
	s.restart(t)
	manager = s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"})
	manager.says(t, then, asItWas)

	author = s.as(t, "steward", steward)
	for _, c := range []struct {
		mutation, code, path string
		in                   input
	}{
		{"setRate", "STREAM_UNKNOWN", "stream", with(line, input{"key": "x", "stream": "nothing"})},
		{"setRate", "STREAM_ENDED", "stream", with(line, input{"year": "2024/25", "key": "x", "stream": "clinical_director", "from": "2024-04-01", "to": "2025-03-31"})},
		{"setRate", "SOURCE_MISSING", "source", with(line, input{"source": ""})},
		{"setRate", "YEAR_INVALID", "year", with(line, input{"year": "2025/27"})},
		{"setRate", "PERIOD_OUTSIDE_YEAR", "from", with(line, input{"from": "2026-10-01", "to": "2027-03-31"})},
		{"setRate", "KEY_TAKEN", "key", with(line, input{"key": "casp"})},
		{"setRate", "LINE_DIFFERS", "key", with(line, input{"key": "core-adjusted"})},
		{"withdrawTerm", "TERM_IN_USE", "key", input{"year": "2025/26", "key": "core", "reason": "why not"}},
		{"publishContract", "SOURCE_MISSING", "lines.0.source", input{"year": "2025/26", "lines": []input{without(line, "year", "source", "")}}},
	} {
		if why := author.refused(t, c.mutation, c.in); why[0].Code != c.code || why[0].Path != c.path || why[0].Docs == "" {
			t.Errorf("%s %v is refused by %+v, want %s at %s", c.mutation, c.in, why, c.code, c.path)
		}
	}
	if why := s.as(t, "local", ask.Grant{Role: ask.Steward, Of: "system-QZ1"}).submitted(t, "setRate", line); why != "FORBIDDEN" {
		t.Errorf("a steward of one system states a national rate: %s", why)
	}
	for doc, code := range map[string]string{
		`{ contract(year: "2025") { year } }`:                                                      "YEAR_INVALID",
		`{ contract(year: "2025/26") { stream(key: "casp") { lines { amount(quantity: -1) } } } }`: "QUANTITY_INVALID",
	} {
		if a := manager.ask(t, doc); len(a.codes()) != 1 || a.codes()[0] != code {
			t.Errorf("%s is answered %s", doc, a.body)
		}
	}
}

// A maturity framework is published, described by a steward, corrected, disputed
// and withdrawn, and what was said before is answered as at then. It says what it
// is not certain of by leaving it out.
func TestMaturityFramework(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir()})
	author := s.as(t, "steward", steward)
	manager := s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"})
	c, err := api.New(s.at(), api.Token(author.token), api.Visible())
	if err != nil {
		t.Fatal(err)
	}
	documents, err := platform.ShippedContracts()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := platform.PublishContracts(t.Context(), c, false, documents...); err != nil {
		t.Fatal(err)
	}
	const matrix = "pcn-maturity-matrix-2019"
	manager.says(t, `{ contract(year: "2019/20") { maturityFrameworks { key title publisher version from to began domains { key title description } levels { title } descriptors { text } descriptorsUnknown { code owedBy reason } confidence standing history { type } } } }`,
		`{"contract":{"maturityFrameworks":[{"key":"pcn-maturity-matrix-2019","title":"PCN maturity matrix","publisher":"NHS England","version":"August 2019","from":"2019-08-01","to":null,"began":"2019/20","domains":[`+
			`{"key":"leadership","title":"Leadership, planning and partnerships","description":null},{"key":"population-health","title":"Use of data and population health management","description":null},{"key":"integrating-care","title":"Integrating care","description":null},{"key":"resources","title":"Managing resources","description":null},{"key":"people","title":"Working with people and communities","description":null}],`+
			`"levels":[{"title":"Foundation"},{"title":"Step 1"},{"title":"Step 2"},{"title":"Step 3"}],"descriptors":[],"descriptorsUnknown":{"code":"DESCRIPTOR_NOT_KNOWN","owedBy":"england","reason":"No source tells how “PCN maturity matrix” of NHS England words 20 of its 20 steps. What is not certain is left out."},"confidence":"FOUND","standing":"UNDISPUTED","history":[{"type":"contract.framework_set.v1"}]}]}}`)
	manager.says(t, `{ a: contract(year: "2026/27") { maturityFrameworks { key began } } b: contract(year: "2019/20", on: "2019-07-31") { maturityFrameworks { key } } }`,
		`{"a":{"maturityFrameworks":[{"key":"pcn-maturity-matrix-2019","began":"2019/20"}]},"b":{"maturityFrameworks":[]}}`)

	before := time.Now().UTC()
	words := with(cited, input{"year": "2019/20", "key": "people-foundation", "framework": matrix, "domain": "people", "level": "foundation", "text": "An approach to engagement is defined."})
	author.do(t, "stateMaturityDescriptor", words)
	author.do(t, "stateMaturityDescriptor", with(words, input{"text": "The approach to engagement is defined."}))
	author.do(t, "stateMaturityDescriptor", with(words, input{"key": "people-foundation-2", "text": "There is an approach."}))
	author.do(t, "disputeFigure", with(cited, input{"year": "2019/20", "key": "matrix-month", "about": matrix, "says": "It is of July 2019.", "because": "The print says August."}))
	const shown = `{ contract(year: "2020/21"%s) { maturityFrameworks { standing disputes { about says } descriptors { key domain { key } level { key } text standing history { type } } } } }`
	now := strings.Replace(shown, "%s", "", 1)
	manager.says(t, now, `{"contract":{"maturityFrameworks":[{"standing":"CONFLICTING","disputes":[{"about":"pcn-maturity-matrix-2019","says":"It is of July 2019."}],"descriptors":[`+
		`{"key":"people-foundation","domain":{"key":"people"},"level":{"key":"foundation"},"text":"The approach to engagement is defined.","standing":"CONFLICTING","history":[{"type":"contract.descriptor_stated.v1"},{"type":"contract.descriptor_stated.v1"}]},`+
		`{"key":"people-foundation-2","domain":{"key":"people"},"level":{"key":"foundation"},"text":"There is an approach.","standing":"CONFLICTING","history":[{"type":"contract.descriptor_stated.v1"}]}]}]}}`)
	then := strings.Replace(shown, "%s", `, asAt: "`+before.Format(time.RFC3339Nano)+`"`, 1)
	const asItWas = `{"contract":{"maturityFrameworks":[{"standing":"UNDISPUTED","disputes":[],"descriptors":[]}]}}`
	manager.says(t, then, asItWas)

	local := with(cited, input{
		"year": "2020/21", "key": "local-matrix", "title": "Matrix", "publisher": "ICB", "version": "1", "from": "2020-04-01", "to": "2021-03-31",
		"domains": []input{{"key": "people", "title": "People", "description": "Who is heard."}}, "levels": []input{{"key": "foundation", "title": "Foundation"}},
	})
	author.do(t, "setMaturityFramework", local)
	author.do(t, "withdrawTerm", input{"year": "2019/20", "key": "people-foundation-2", "reason": "a slip"})
	s.restart(t)
	author, manager = s.as(t, "steward", steward), s.as(t, "manager", ask.Grant{Role: ask.PCN, Of: "network-U99001"})
	manager.says(t, then, asItWas)
	manager.says(t, `{ a: contract(year: "2020/21") { maturityFrameworks { key domains { description } descriptors { key } } } b: contract(year: "2021/22") { maturityFrameworks { key } } }`,
		`{"a":{"maturityFrameworks":[{"key":"pcn-maturity-matrix-2019","domains":[{"description":null},{"description":null},{"description":null},{"description":null},{"description":null}],"descriptors":[{"key":"people-foundation"}]},`+
			`{"key":"local-matrix","domains":[{"description":"Who is heard."}],"descriptors":[]}]},"b":{"maturityFrameworks":[{"key":"pcn-maturity-matrix-2019"}]}}`)

	long := strings.Repeat("x", 1_001)
	for _, c := range []struct {
		mutation, code, path string
		in                   input
	}{
		{"setMaturityFramework", "LIST_EMPTY", "domains", with(local, input{"domains": []input{}})},
		{"setMaturityFramework", "LIST_EMPTY", "levels", with(local, input{"levels": []input{}})},
		{"setMaturityFramework", "NAMED_TWICE", "domains.1.key", with(local, input{"domains": []input{{"key": "people", "title": "People"}, {"key": "people", "title": "Others"}}})},
		{"setMaturityFramework", "NAMED_TWICE", "levels.1.title", with(local, input{"levels": []input{{"key": "a", "title": "Step"}, {"key": "b", "title": "Step"}}})},
		{"setMaturityFramework", "TEXT_INVALID", "domains.0.description", with(local, input{"domains": []input{{"key": "people", "title": "People", "description": long}}})},
		{"setMaturityFramework", "SOURCE_MISSING", "source", with(local, input{"source": ""})},
		{"setMaturityFramework", "PERIOD_OUTSIDE_YEAR", "from", with(local, input{"from": "2019-08-01"})},
		{"setMaturityFramework", "KEY_TAKEN", "key", with(local, input{"key": "core"})},
		{"setMaturityFramework", "TERM_IN_USE", "domains", with(local, input{"year": "2019/20", "key": matrix, "from": "2019-08-01", "domains": []input{{"key": "resources", "title": "Money"}}})},
		{"stateMaturityDescriptor", "FRAMEWORK_UNKNOWN", "framework", with(words, input{"framework": "none"})},
		{"stateMaturityDescriptor", "DOMAIN_UNKNOWN", "domain", with(words, input{"domain": "money"})},
		{"stateMaturityDescriptor", "LEVEL_UNKNOWN", "level", with(words, input{"level": "step-9"})},
		{"stateMaturityDescriptor", "TEXT_INVALID", "text", with(words, input{"text": long})},
		{"stateMaturityDescriptor", "SOURCE_MISSING", "source", with(words, input{"source": " "})},
		{"withdrawTerm", "TERM_IN_USE", "key", input{"year": "2019/20", "key": matrix, "reason": "why not"}},
		{"publishContract", "LEVEL_UNKNOWN", "maturityDescriptors.0.level", input{"year": "2019/20", "maturityDescriptors": []input{without(words, "year", "level", "step-9")}}},
	} {
		if why := author.refused(t, c.mutation, c.in); len(why) != 1 || why[0].Code != c.code || why[0].Path != c.path || why[0].Docs == "" {
			t.Errorf("%s %v is refused by %+v, want %s at %s", c.mutation, c.in, why, c.code, c.path)
		}
	}
	if why := manager.submitted(t, "stateMaturityDescriptor", words); why != "FORBIDDEN" {
		t.Errorf("a manager states how the framework is worded: %s", why)
	}
}

// without is an input without one field, and with another.
func without(in input, field, other string, value any) input {
	in = with(in, input{other: value})
	delete(in, field)
	return in
}

// submitted is the code that a mutation is refused by, or empty.
func (c client) submitted(t *testing.T, mutation string, in input) string {
	t.Helper()
	d, a, err := c.submit(t.Context(), mutation, in)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(append(a.codes(), d.codes()...), " ")
}

// A platform that shows the demonstration has every year's terms.
func TestDemonstrationHasTheContract(t *testing.T) {
	t.Parallel()
	s, _ := up(t, platform.Config{Data: t.TempDir(), Demo: true})
	var years []string
	for y := events.Year("2019/20"); y != "2027/28"; y = y.Next() {
		years = append(years, `{"year":"`+string(y)+`"}`)
	}
	s.as(t, "lmc", ask.Grant{Role: ask.LMC, Of: "system-QZ1"}).eventually(t, `{ contracts { year } }`, `{"contracts":[`+strings.Join(years, ",")+`]}`)
}
