package importing

import (
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml/ast"

	"github.com/ics-openbook/openbook/api/ask/contract"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
)

// document reads the whole. Whether what it reads makes sense is for the ask's
// own form to say; here it is only whether it is there and can be read.
func (r *reader) document(f fields) (a contract.Publish, keys map[string]place) {
	d := &draft{reader: r, year: f.year("year"), keys: map[string]place{}}
	a.Year = d.year
	d.ask = &a
	for _, n := range f.list("streams") {
		d.stream(n)
	}
	for _, n := range f.list("roles") {
		d.role(n)
	}
	for _, n := range f.list("requirements") {
		d.requirement(n)
	}
	for _, n := range f.list("maturityFrameworks") {
		d.framework(n)
	}
	for _, n := range f.list("disputes") {
		d.dispute(n)
	}
	return a, d.keys
}

// draft is the ask as far as it has been read.
type draft struct {
	*reader
	ask  *contract.Publish
	year events.Year
	keys map[string]place // of every term
}

// term reads the fields of a term that has a key of its own.
func (d *draft) term(n ast.Node, what, path string, names ...string) (f fields, key fact.Key, ok bool) {
	f, ok = d.fields(n, "the "+what, path, append([]string{"key"}, names...)...)
	if !ok {
		return f, "", false
	}
	text := f.need("key")
	f.what += " " + text
	if text == "" {
		return f, "", false
	}
	if before, twice := d.keys[text]; twice {
		d.note(of(f.values["key"]), "%q is the key of another term, on line %d. A key is unique in its year: choose another, or put both values into the one term.", text, before.line)
	} else {
		d.keys[text] = of(f.values["key"])
	}
	return f, fact.Key(text), true
}

func (d *draft) stream(n ast.Node) {
	f, key, ok := d.term(n, "stream", at("streams", len(d.ask.Streams)), "title", "payee", "ended", "note", "source", "sourceDate", "confidence", "lines", "uses")
	if !ok {
		return
	}
	d.ask.Streams = append(d.ask.Streams, fact.FundingStream{
		Key: key, Title: f.need("title"), Payee: fact.Payee(f.need("payee")), Ended: f.yes("ended"), Note: f.text("note"), Cited: f.cited(),
	})
	for _, n := range f.list("lines") {
		d.line(n, key)
	}
	for _, n := range f.list("uses") {
		d.use(n, key)
	}
}

func (d *draft) line(n ast.Node, stream fact.Key) {
	f, key, ok := d.term(n, "line", at("lines", len(d.ask.Lines)), "basis", "rates")
	if !ok {
		return
	}
	basis := fact.Basis(f.need("basis"))
	rates := f.list("rates")
	f.several("rates")
	for _, n := range rates {
		path := at("lines", len(d.ask.Lines))
		g, ok := d.fields(n, "the rate of "+string(key), path, "rate", "per", "from", "to", "maximum", "instalments", "note", "source", "sourceDate", "confidence")
		if !ok {
			continue
		}
		f.shared(path, "key", "basis")
		l := fact.Line{
			Key: key, StreamKey: stream, Basis: basis, Per: fact.PerYear, Period: g.period(d.year), Maximum: g.yes("maximum"),
			Instalments: g.whole("instalments"), Note: g.text("note"), Cited: g.cited(),
		}
		if per := g.text("per"); per != "" {
			l.Per = fact.Per(per)
		}
		if text := g.need("rate"); text != "" {
			l.Rate = g.rate("rate", text)
		}
		d.ask.Lines = append(d.ask.Lines, l)
	}
}

func (d *draft) use(n ast.Node, stream fact.Key) {
	f, key, ok := d.term(n, "use", at("uses", len(d.ask.Uses)), "purpose", "allowed", "text", "source", "sourceDate", "confidence")
	if !ok {
		return
	}
	f.need("allowed")
	d.ask.Uses = append(d.ask.Uses, fact.Use{
		Key: key, StreamKey: stream, Purpose: fact.Purpose(f.need("purpose")), Allowed: f.yes("allowed"), Text: f.need("text"), Cited: f.cited(),
	})
}

func (d *draft) role(n ast.Node) {
	f, key, ok := d.term(n, "role", at("roles", len(d.ask.Roles)), "title", "band", "maxima", "limits")
	if !ok {
		return
	}
	title, band := f.need("title"), f.text("band")
	maxima := f.list("maxima")
	f.several("maxima")
	for _, n := range maxima {
		path := at("roles", len(d.ask.Roles))
		g, ok := d.fields(n, "the maximum of "+string(key), path, "maximum", "outerLondon", "innerLondon", "london", "share", "from", "to", "note", "source", "sourceDate", "confidence")
		if !ok {
			continue
		}
		f.shared(path, "key", "title", "band")
		d.ask.Roles = append(d.ask.Roles, fact.Role{
			Key: key, Title: title, Band: band, Maximum: g.pounds("maximum"), OuterLondon: g.pounds("outerLondon"), InnerLondon: g.pounds("innerLondon"),
			London: g.pounds("london"), Share: g.whole("share"), Period: g.period(d.year), Note: g.text("note"), Cited: g.cited(),
		})
	}
	for _, n := range f.list("limits") {
		g, limit, ok := d.term(n, "limit", at("limits", len(d.ask.Limits)), "posts", "largePosts", "largeFrom", "note", "source", "sourceDate", "confidence")
		if !ok {
			continue
		}
		d.ask.Limits = append(d.ask.Limits, fact.Limit{
			Key: limit, Role: key, Posts: g.whole("posts"), LargePosts: g.whole("largePosts"), LargeFrom: g.whole("largeFrom"), Note: g.text("note"), Cited: g.cited(),
		})
	}
}

func (d *draft) requirement(n ast.Node) {
	f, key, ok := d.term(n, "requirement", at("requirements", len(d.ask.Requirements)), "service", "text", "from", "to", "source", "sourceDate", "confidence")
	if !ok {
		return
	}
	f.need("from")
	d.ask.Requirements = append(d.ask.Requirements, fact.Requirement{
		Key: key, Service: f.need("service"), Text: f.need("text"), Period: events.Period{From: f.day("from"), To: f.day("to")}, Cited: f.cited(),
	})
}

func (d *draft) dispute(n ast.Node) {
	f, key, ok := d.term(n, "dispute", at("disputes", len(d.ask.Disputes)), "about", "says", "value", "because", "source", "sourceDate", "confidence")
	if !ok {
		return
	}
	one := fact.Dispute{Key: key, About: fact.Key(f.need("about")), Says: f.need("says"), Because: f.need("because"), Cited: f.cited()}
	if text := f.text("value"); text != "" {
		one.Value = f.rate("value", text)
	}
	d.ask.Disputes = append(d.ask.Disputes, one)
}

// shared notes where fields are that every rate or maximum of a term has from it:
// the ask is flat where the document is nested.
func (f fields) shared(path string, names ...string) {
	for _, name := range names {
		if n := f.values[name]; n != nil {
			f.r.at[join(path, name)] = of(n)
		}
	}
}

func at(list string, i int) string { return list + "." + strconv.Itoa(i) }

// cited is where a term is known from. Without, it is no term.
func (f fields) cited() fact.Cited {
	return fact.Cited{Source: f.need("source"), SourceDate: f.day("sourceDate"), Confidence: fact.Confidence(f.need("confidence"))}
}

func (f fields) year(name string) events.Year {
	text := f.need(name)
	y, err := events.ParseYear(text)
	if err != nil && text != "" {
		f.wrong(name, err)
	}
	return y
}

func (f fields) wrong(name string, err error) {
	f.r.note(of(f.values[name]), "%q in %s: %s.", name, f.what, err)
}

// period is the year's, or from, or to, where they are said.
func (f fields) period(y events.Year) events.Period {
	p := y.Period()
	if f.values["from"] != nil {
		p.From = f.day("from")
	}
	if f.values["to"] != nil {
		p.To = f.day("to")
	}
	return p
}

func (f fields) day(name string) (d events.Date) {
	if text := f.text(name); text != "" {
		var err error
		if d, err = events.ParseDate(text); err != nil {
			f.wrong(name, err)
		}
	}
	return d
}

func (f fields) rate(name, text string) events.Rate {
	r, err := events.ParseRate(text)
	if err != nil {
		f.wrong(name, err)
	}
	return r
}

func (f fields) pounds(name string) (m events.GBP) {
	if text := f.text(name); text != "" {
		var err error
		if m, err = events.ParseGBP(text); err != nil {
			f.wrong(name, err)
		}
		if m == 0 && err == nil {
			f.wrong(name, fmt.Errorf("nothing is reimbursed up to 0: leave out what is not known"))
		}
	}
	return m
}

func (f fields) whole(name string) int {
	text := f.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		f.wrong(name, fmt.Errorf("%q is not a whole number from 1 on: leave out what is not known", text))
	}
	return n
}

func (f fields) yes(name string) bool {
	switch text := f.text(name); text {
	case "", "false":
	case "true":
		return true
	default:
		f.wrong(name, fmt.Errorf("%q is neither true nor false", text))
	}
	return false
}
