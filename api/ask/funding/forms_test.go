package funding_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/events"
)

// Each form says all that is wrong with it, and where.
func TestForms(t *testing.T) {
	july := events.Day(2025, time.July, 1)
	books := funding.Ledger{System: "QZ1", Year: "2025/26"}
	good := funding.Act{Ledger: books, On: july, Reference: "A1", Money: funding.Money{FundingStream: "core", Purpose: "anything", Amount: 1}}
	act := func(change func(*funding.Act)) funding.Act {
		a := good
		change(&a)
		return a
	}
	payee := funding.Payee{Network: "U99001"}
	upon := funding.Upon{Act: good, Payee: payee}
	reasoned := funding.Upon{Act: act(func(a *funding.Act) { a.Reason = "why" }), Payee: payee}
	answer := funding.Answer{Ledger: books, On: july, Entry: 1}
	own := funding.OwnAnswer{Answer: answer, Payee: payee}
	for name, c := range map[string]struct {
		ask  interface{ Problems() []ask.Problem }
		want []string // code and path
	}{
		"all well":                   {funding.ReceiveFunding{Act: good}, nil},
		"no system":                  {act(func(a *funding.Act) { a.System = "" }), []string{"CODE_INVALID system"}},
		"no year":                    {act(func(a *funding.Act) { a.Year = "2025" }), []string{"YEAR_INVALID year"}},
		"years apart":                {act(func(a *funding.Act) { a.Year = "2025/27" }), []string{"YEAR_INVALID year"}},
		"the first day of the year":  {act(func(a *funding.Act) { a.On = events.Day(2025, time.April, 1) }), nil},
		"the day before it":          {act(func(a *funding.Act) { a.On = events.Day(2025, time.March, 31) }), []string{"DATE_OUTSIDE_YEAR on"}},
		"the last day of the year":   {act(func(a *funding.Act) { a.On = events.Day(2026, time.March, 31) }), nil},
		"the day after it":           {act(func(a *funding.Act) { a.On = events.Day(2026, time.April, 1) }), []string{"DATE_OUTSIDE_YEAR on"}},
		"no day":                     {act(func(a *funding.Act) { a.On = events.Date{} }), []string{"DATE_MISSING on"}},
		"no stream":                  {act(func(a *funding.Act) { a.FundingStream = "" }), []string{"STREAM_INVALID fundingStream"}},
		"a stream in words":          {act(func(a *funding.Act) { a.FundingStream = "core money" }), []string{"STREAM_INVALID fundingStream"}},
		"no purpose":                 {act(func(a *funding.Act) { a.Purpose = "" }), []string{"PURPOSE_INVALID purpose"}},
		"nothing":                    {act(func(a *funding.Act) { a.Amount = 0 }), []string{"AMOUNT_INVALID amount"}},
		"less than nothing":          {act(func(a *funding.Act) { a.Amount = -1 }), []string{"AMOUNT_INVALID amount"}},
		"ten thousand million":       {act(func(a *funding.Act) { a.Amount = 10_000_000_000_00 }), nil},
		"a penny more":               {act(func(a *funding.Act) { a.Amount = 10_000_000_000_01 }), []string{"AMOUNT_INVALID amount"}},
		"no reference":               {act(func(a *funding.Act) { a.Reference = "" }), []string{"REFERENCE_INVALID reference"}},
		"a reference of 41":          {act(func(a *funding.Act) { a.Reference = strings.Repeat("x", 41) }), []string{"REFERENCE_INVALID reference"}},
		"a reference with a space":   {act(func(a *funding.Act) { a.Reference = "A1 " }), []string{"REFERENCE_INVALID reference"}},
		"a reason of two lines":      {act(func(a *funding.Act) { a.Reason = "why\nnot" }), []string{"TEXT_INVALID reason"}},
		"a reason of 501":            {act(func(a *funding.Act) { a.Reason = strings.Repeat("x", 501) }), []string{"TEXT_TOO_LONG reason"}},
		"nobody's money":             {funding.Upon{Act: good}, []string{"PAYEE_INVALID network"}},
		"two people's money":         {funding.Upon{Act: good, Payee: funding.Payee{Network: "U99001", Practice: "Z99001"}}, []string{"PAYEE_INVALID practice"}},
		"a network's code":           {funding.Own{Act: good, Payee: funding.Payee{Network: "A81001"}}, []string{"CODE_INVALID network"}},
		"a practice's code":          {funding.Own{Act: good, Payee: funding.Payee{Practice: "U99001"}}, []string{"CODE_INVALID practice"}},
		"held without a reason":      {funding.HoldFunding{Upon: upon}, []string{"REASON_MISSING reason"}},
		"held with one":              {funding.HoldFunding{Upon: reasoned}, nil},
		"taken back without":         {funding.RequestTakeBack{Upon: upon}, []string{"REASON_MISSING reason"}},
		"taken back with one":        {funding.RequestTakeBack{Upon: reasoned}, nil},
		"diverted without":           {funding.RequestDiversion{Upon: upon}, []string{"REASON_MISSING reason"}},
		"diverted from the network":  {funding.RequestDiversion{Upon: reasoned, From: "CONFIRMED"}, []string{"STAGE_INVALID from"}},
		"diverted from what is held": {funding.RequestDiversion{Upon: reasoned, From: "HELD"}, nil},
		"spent on what":              {funding.SpendOnBehalf{Upon: upon}, []string{"REASON_MISSING for"}},
		"spent out of the pot":       {funding.SpendOnBehalf{Upon: upon, From: "POT", For: "it"}, []string{"STAGE_INVALID from"}},
		"a category in words":        {funding.SpendFunding{Own: funding.Own(upon), For: "it", Category: "a printer"}, []string{"CATEGORY_INVALID category"}},
		"spent before it is paid":    {funding.SpendFunding{Own: funding.Own(upon), For: "it", From: "ALLOCATED"}, []string{"STAGE_INVALID from"}},
		"rejected without a reason":  {funding.RejectRequest{Answer: answer}, []string{"REASON_MISSING reason"}},
		"approved without one":       {funding.ApproveRequest{Answer: answer}, nil},
		"no entry":                   {funding.ApproveRequest{Answer: funding.Answer{Ledger: books, On: july}}, []string{"ENTRY_INVALID entry"}},
		"undone without a reason":    {funding.ReverseEntry{Answer: answer}, []string{"REASON_MISSING reason"}},
		"one's own undone without":   {funding.ReverseOwnEntry{OwnAnswer: own}, []string{"REASON_MISSING reason"}},
		"refused without":            {funding.RefuseSpending{OwnAnswer: own}, []string{"REASON_MISSING reason"}},
		"protested without":          {funding.ProtestDiversion{OwnAnswer: own}, []string{"REASON_MISSING reason"}},
		"acknowledged without":       {funding.AcknowledgeSpending{OwnAnswer: own}, nil},
		"answered by nobody":         {funding.AcknowledgeDiversion{OwnAnswer: funding.OwnAnswer{Answer: answer}}, []string{"PAYEE_INVALID network"}},
		"to whom it is":              {funding.ReallocateUnderspend{Upon: upon, To: "U99001"}, []string{"SAME_NETWORK to"}},
		"to nobody":                  {funding.ReallocateUnderspend{Upon: upon}, []string{"CODE_INVALID to"}},
		"returned out of the pot":    {funding.ReturnFunding{Upon: funding.Upon{Act: good}}, nil},
		"of the pot, by stage":       {funding.ReturnFunding{Upon: funding.Upon{Act: good}, From: "DECLARED"}, []string{"STAGE_INVALID from"}},
		"returned by a network":      {funding.ReturnFunding{Upon: upon, From: "OFFERED"}, nil},
		"returned, once spent":       {funding.ReturnFunding{Upon: upon, From: "SPENT"}, []string{"STAGE_INVALID from"}},
		"a successor of nobody":      {funding.MoveToSuccessor{Ledger: books, On: july, Reference: "M1"}, []string{"CODE_INVALID network"}},
		"closed":                     {funding.CloseYear{Ledger: books}, nil},
		"carried in from nowhere":    {funding.CarryIn{Ledger: books}, []string{"CODE_INVALID fromSystem", "YEAR_INVALID fromYear"}},
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

// A system's acts are its own business, a network's or practice's theirs.
func TestConcerns(t *testing.T) {
	books := funding.Ledger{System: "QZ1", Year: "2025/26"}
	upon := funding.Upon{Act: funding.Act{Ledger: books}, Payee: funding.Payee{Network: "U99001"}}
	practice := funding.Payee{Practice: "Z99001"}
	for _, c := range []struct {
		ask  ask.Ask
		want events.Entity
	}{
		{funding.AllocateFunding{Upon: upon}, "system-QZ1"},
		{funding.ReverseEntry{}, "system-"},
		{funding.SpendFunding{Own: funding.Own(upon)}, "network-U99001"},
		{funding.CommitFunding{Own: funding.Own{Payee: practice}}, "practice-Z99001"},
		{funding.ReverseOwnEntry{OwnAnswer: funding.OwnAnswer{Payee: practice}}, "practice-Z99001"},
	} {
		if got := c.ask.Concerns(); got != c.want {
			t.Errorf("%T concerns %s, want %s", c.ask, got, c.want)
		}
	}
	if got := (funding.AllocateFunding{Upon: upon}).Stream(); got != "ledger-QZ1-2025-26" {
		t.Errorf("the stream is %s", got)
	}
}
