package funding

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
)

// Limits of what people type. No system of the NHS handles what is beyond the
// largest amount in one entry, and the sum of all entries of a ledger stays
// within what an amount can hold.
const (
	largest  events.GBP = 100_000_000_00 * 100 // £10,000,000,000
	longText            = 500                  // characters
	longRef             = 40                   // characters
)

func (l Ledger) form() (f ask.Form) {
	f.Code("system", l.System.Valid(), string(l.System), "system", "QZ1 or D4U1Y")
	f.Year("year", l.Year)
	return f
}

func (l Ledger) dated(on events.Date) ask.Form {
	f := l.form()
	f.Day("on", on)
	if l.Year.Valid() && !on.IsZero() && !l.Year.Period().Includes(on) {
		f.Note("DATE_OUTSIDE_YEAR", "on", "%s is not in the financial year %s, which is from %s to %s. Name a day in it, or the ledger of the other year.", on, l.Year, l.Year.First(), l.Year.Last())
	}
	return f
}

func (a Act) form() ask.Form {
	f := a.dated(a.On)
	if !a.FundingStream.Valid() {
		f.Note("STREAM_INVALID", "fundingStream", "%q is not the name of a funding stream. It looks like core: 1 to 60 letters, digits, hyphens, underscores and dots.", ask.Clip(string(a.FundingStream)))
	}
	if !a.Purpose.Valid() {
		f.Note("PURPOSE_INVALID", "purpose", "%q is not the name of a purpose. It looks like management-support, or is anything where the money is for whatever its stream is for.", ask.Clip(string(a.Purpose)))
	}
	amount(&f, a.Amount)
	reference(&f, a.Reference)
	f.Text("reason", a.Reason, longText, ask.Optional)
	return f
}

func (a Answer) form() ask.Form {
	f := a.dated(a.On)
	if a.Entry < 1 {
		f.Note("ENTRY_INVALID", "entry", "The number of an entry is missing. Entries of a ledger are numbered from 1.")
	}
	f.Text("reason", a.Reason, longText, ask.Optional)
	return f
}

func (p Payee) check(f *ask.Form) {
	switch {
	case p.Network != "" && p.Practice != "":
		f.Note("PAYEE_INVALID", "practice", "Name a network or a practice, not both.")
	case p.Network != "":
		f.Code("network", p.Network.Valid(), string(p.Network), "network", "U12345")
	case p.Practice != "":
		f.Code("practice", p.Practice.Valid(), string(p.Practice), "practice", "A81001")
	default:
		f.Note("PAYEE_INVALID", "network", "Name the network or the practice whose money it is.")
	}
}

func amount(f *ask.Form, a events.GBP) {
	switch {
	case a <= 0:
		f.Note("AMOUNT_INVALID", "amount", "An amount is more than nothing: £%s is not. What was wrong is put right by reversing its entry.", a)
	case a > largest:
		f.Note("AMOUNT_INVALID", "amount", "£%s is more than one entry can hold, which is £%s. Look whether a decimal point is missing.", a, largest)
	}
}

func reference(f *ask.Form, s string) {
	if s == "" || utf8.RuneCountInString(s) > longRef || !plain(s) || strings.TrimSpace(s) != s {
		f.Note("REFERENCE_INVALID", "reference", "A reference is what the entry is called in your own books, such as the number of a payment or an invoice: 1 to %d characters of plain text.", longRef)
	}
}

func plain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func category(f *ask.Form, s string) {
	if s != "" && !funding.Purpose(s).Valid() {
		f.Note("CATEGORY_INVALID", "category", "%q is not the name of what may be bought. It looks like additional-roles.", ask.Clip(s))
	}
}

func from(f *ask.Form, stage funding.Stage, usual, other funding.Stage) {
	if !slices.Contains([]funding.Stage{"", usual, other}, stage) {
		f.Note("STAGE_INVALID", "from", "%q is not where this money can come from: name %s or %s.", ask.Clip(string(stage)), usual, other)
	}
}

// Problems are what is wrong with the request by its form alone.
func (a Act) Problems() []ask.Problem { return a.form() }

// Problems are what is wrong with the request by its form alone.
func (a Upon) Problems() []ask.Problem {
	f := a.form()
	a.check(&f)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a Own) Problems() []ask.Problem { return Upon(a).Problems() }

// Problems are what is wrong with the request by its form alone.
func (a Answer) Problems() []ask.Problem { return a.form() }

// Problems are what is wrong with the request by its form alone.
func (a OwnAnswer) Problems() []ask.Problem {
	f := a.form()
	a.check(&f)
	return f
}

// Problems are what is wrong with the request by its form alone.
func (a HoldFunding) Problems() []ask.Problem { return reasoned(a.Upon.Problems(), a.Reason) }

// Problems are what is wrong with the request by its form alone.
func (a RequestTakeBack) Problems() []ask.Problem { return reasoned(a.Upon.Problems(), a.Reason) }

func (a SpendOnBehalf) Problems() []ask.Problem {
	f := ask.Form(a.Upon.Problems())
	from(&f, a.From, funding.StageAllocated, funding.StageHeld)
	f.Text("for", a.For, longText, ask.Required)
	category(&f, a.Category)
	return f
}

func (a RequestDiversion) Problems() []ask.Problem {
	f := ask.Form(reasoned(a.Upon.Problems(), a.Reason))
	from(&f, a.From, funding.StageAllocated, funding.StageHeld)
	return f
}

func (a RejectRequest) Problems() []ask.Problem { return reasoned(a.Answer.Problems(), a.Reason) }

func (a ReallocateUnderspend) Problems() []ask.Problem {
	f := ask.Form(a.Upon.Problems())
	f.Code("to", a.To.Valid(), string(a.To), "network", "U12345")
	if a.To != "" && a.To == a.Network {
		f.Note("SAME_NETWORK", "to", "Network %s has this money already. Name another network.", a.To)
	}
	return f
}

func (a ReturnFunding) Problems() []ask.Problem {
	if a.Holder() == "" { // of the pot
		f := ask.Form(a.Act.Problems())
		if a.From != "" {
			f.Note("STAGE_INVALID", "from", "With no network or practice, money is returned out of the pot. Leave this out, or name whose money it is.")
		}
		return f
	}
	f := ask.Form(a.Upon.Problems())
	from(&f, a.From, funding.StageDeclared, funding.StageOffered)
	return f
}

func (a MoveToSuccessor) Problems() []ask.Problem {
	f := a.dated(a.On)
	f.Code("network", a.Network.Valid(), string(a.Network), "network", "U12345")
	reference(&f, a.Reference)
	return f
}

func (a CloseYear) Problems() []ask.Problem { return a.form() }

func (a CarryIn) Problems() []ask.Problem {
	f := a.form()
	f.Code("fromSystem", a.FromSystem.Valid(), string(a.FromSystem), "system", "QZ1 or D4U1Y")
	f.Year("fromYear", a.FromYear)
	return f
}

func (a SpendFunding) Problems() []ask.Problem {
	f := ask.Form(a.Own.Problems())
	from(&f, a.From, funding.StageConfirmed, funding.StageCommitted)
	f.Text("for", a.For, longText, ask.Required)
	category(&f, a.Category)
	return f
}

func (a RefuseSpending) Problems() []ask.Problem { return reasoned(a.OwnAnswer.Problems(), a.Reason) }

func (a ProtestDiversion) Problems() []ask.Problem { return reasoned(a.OwnAnswer.Problems(), a.Reason) }

func (a ReverseEntry) Problems() []ask.Problem { return reasoned(a.Answer.Problems(), a.Reason) }

func (a ReverseOwnEntry) Problems() []ask.Problem { return reasoned(a.OwnAnswer.Problems(), a.Reason) }

func reasoned(f ask.Form, reason string) []ask.Problem {
	if strings.TrimSpace(reason) == "" {
		f.Text("reason", reason, longText, ask.Required)
	}
	return f
}
