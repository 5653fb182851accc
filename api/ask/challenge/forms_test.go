package challenge_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/challenge"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/challenge"
)

// Each form says all that is wrong with it, and where.
func TestForms(t *testing.T) {
	open := func(change func(*challenge.OpenChallenge)) challenge.OpenChallenge {
		a := challenge.OpenChallenge{Network: "U99001", System: "QZ1", Year: "2025/26", Reference: "C1", Entry: 6, Words: "Why?"}
		change(&a)
		return a
	}
	step := challenge.Step{Challenge: "U99001-2025-26-C1", Words: "Because."}
	owed := challenge.Owed{Step: step, System: "QZ1"}
	silent := challenge.Step{Challenge: "U99001-2025-26-C1"}
	upheld := func(all ...fact.Correction) challenge.AnswerChallenge {
		return challenge.AnswerChallenge{Owed: owed, Outcome: fact.Upheld, Corrections: all}
	}
	many := make([]fact.Correction, 21)
	for name, c := range map[string]struct {
		ask  interface{ Problems() []ask.Problem }
		want []string // code and path
	}{
		"all well":             {open(func(*challenge.OpenChallenge) {}), nil},
		"nobody's":             {open(func(a *challenge.OpenChallenge) { a.Network = "" }), []string{"CODE_INVALID network"}},
		"two people's":         {open(func(a *challenge.OpenChallenge) { a.Practice = "Z99001" }), []string{"PAYEE_INVALID practice"}},
		"a practice's code":    {open(func(a *challenge.OpenChallenge) { a.Network, a.Practice = "", "U99001" }), []string{"CODE_INVALID practice"}},
		"no system":            {open(func(a *challenge.OpenChallenge) { a.System = "" }), []string{"CODE_INVALID system"}},
		"no year":              {open(func(a *challenge.OpenChallenge) { a.Year = "2025" }), []string{"YEAR_INVALID year"}},
		"no reference":         {open(func(a *challenge.OpenChallenge) { a.Reference = "" }), []string{"REFERENCE_INVALID reference"}},
		"a reference in words": {open(func(a *challenge.OpenChallenge) { a.Reference = "the hold" }), []string{"REFERENCE_INVALID reference"}},
		"about nothing":        {open(func(a *challenge.OpenChallenge) { a.Entry = 0 }), []string{"ENTRY_INVALID entry"}},
		"less than nothing":    {open(func(a *challenge.OpenChallenge) { a.Entry = -1 }), []string{"ENTRY_INVALID entry"}},
		"about both":           {open(func(a *challenge.OpenChallenge) { a.Missing = &challenge.MissingEntry{FundingStream: "core"} }), []string{"ENTRY_INVALID missing"}},
		"missing, not how much": {open(func(a *challenge.OpenChallenge) {
			a.Entry, a.Missing = 0, &challenge.MissingEntry{FundingStream: "core"}
		}), nil},
		"missing, not of what": {open(func(a *challenge.OpenChallenge) { a.Entry, a.Missing = 0, &challenge.MissingEntry{Amount: -1} }), []string{"STREAM_INVALID missing.fundingStream", "AMOUNT_INVALID missing.amount"}},
		"no words":             {open(func(a *challenge.OpenChallenge) { a.Words = " " }), []string{"REASON_MISSING words"}},
		"1,000 characters":     {open(func(a *challenge.OpenChallenge) { a.Words = strings.Repeat("é", 1000) }), nil},
		"one more":             {open(func(a *challenge.OpenChallenge) { a.Words = strings.Repeat("é", 1001) }), []string{"TEXT_TOO_LONG words"}},

		"acknowledged":               {challenge.AcknowledgeChallenge{Owed: owed}, nil},
		"acknowledged in silence":    {challenge.AcknowledgeChallenge{Owed: challenge.Owed{Step: silent, System: "QZ1"}}, nil},
		"acknowledged by nobody":     {challenge.AcknowledgeChallenge{Owed: challenge.Owed{Step: step}}, []string{"CODE_INVALID system"}},
		"nothing acknowledged":       {challenge.AcknowledgeChallenge{Owed: challenge.Owed{System: "QZ1"}}, []string{"CHALLENGE_INVALID challenge"}},
		"answered in silence":        {challenge.AnswerChallenge{Owed: challenge.Owed{Step: silent, System: "QZ1"}, Outcome: fact.Explained}, []string{"REASON_MISSING words"}},
		"answered somehow":           {challenge.AnswerChallenge{Owed: owed, Outcome: "MAYBE"}, []string{"OUTCOME_INVALID outcome"}},
		"explained and corrected":    {challenge.AnswerChallenge{Owed: owed, Outcome: fact.Explained, Corrections: []fact.Correction{{Year: "2025/26", Entry: 7}}}, []string{"CORRECTIONS_INVALID corrections"}},
		"upheld and corrected":       {upheld(fact.Correction{Year: "2025/26", Entry: 7}, fact.Correction{Year: "2026/27", Entry: 7}), nil},
		"corrected twice by one":     {upheld(fact.Correction{Year: "2025/26", Entry: 7}, fact.Correction{Year: "2025/26", Entry: 7}), []string{"NAMED_TWICE corrections"}},
		"corrected by nothing":       {upheld(fact.Correction{Year: "2025/26"}), []string{"ENTRY_INVALID corrections"}},
		"corrected in no year":       {upheld(fact.Correction{Year: "2025", Entry: 1}), []string{"YEAR_INVALID corrections"}},
		"corrected the year before":  {upheld(fact.Correction{Year: "2024/25", Entry: 1}), []string{"CORRECTIONS_INVALID corrections"}},
		"corrected by too many":      {upheld(many...), []string{"CORRECTIONS_INVALID corrections"}},
		"accepted in silence":        {challenge.AcceptAnswer{Own: challenge.Own{Step: silent}}, nil},
		"escalated to nobody":        {challenge.EscalateChallenge{Own: challenge.Own{Step: step}}, []string{"REASON_MISSING to"}},
		"escalated for no reason":    {challenge.EscalateChallenge{Own: challenge.Own{Step: silent}, To: "NHS England"}, []string{"REASON_MISSING words"}},
		"resolved, nobody says how":  {challenge.ResolveChallenge{Own: challenge.Own{Step: silent}}, []string{"REASON_MISSING words"}},
		"resolved, and it says how":  {challenge.ResolveChallenge{Own: challenge.Own{Step: step}}, nil},
		"escalated, and it says why": {challenge.EscalateChallenge{Own: challenge.Own{Step: step}, To: "NHS England"}, nil},
	} {
		var got []string
		for _, p := range c.ask.Problems() {
			got = append(got, p.Code+" "+p.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// A challenge is its challenger's business, an answer the system's.
func TestConcerns(t *testing.T) {
	step := challenge.Step{Challenge: "Z99001-2025-26-C1"}
	for _, c := range []struct {
		ask  ask.Ask
		want events.Entity
	}{
		{challenge.OpenChallenge{Network: "U99001", System: "QZ1", Year: "2025/26", Reference: "C1"}, "network-U99001"},
		{challenge.OpenChallenge{Practice: "Z99001", System: "QZ1", Year: "2025/26", Reference: "C1"}, "practice-Z99001"},
		{challenge.AnswerChallenge{Owed: challenge.Owed{Step: step, System: "QZ1"}}, "system-QZ1"},
		{challenge.ResolveChallenge{Own: challenge.Own{Step: step}}, "practice-Z99001"},
	} {
		if got := c.ask.Concerns(); got != c.want {
			t.Errorf("%T concerns %s, want %s", c.ask, got, c.want)
		}
	}
	for _, a := range []ask.Ask{
		challenge.OpenChallenge{Practice: "Z99001", System: "QZ1", Year: "2025/26", Reference: "C1"}, challenge.AcceptAnswer{Own: challenge.Own{Step: step}},
	} {
		if got := a.Stream(); got != "challenge-Z99001-2025-26-C1" {
			t.Errorf("the stream of %T is %s", a, got)
		}
	}
}
