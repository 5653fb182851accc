package importing

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/contract"
)

func (d *draft) framework(n ast.Node) {
	path := at("maturityFrameworks", len(d.ask.MaturityFrameworks))
	f, key, ok := d.term(n, "framework", path, "title", "publisher", "version", "from", "to", "note", "source", "sourceDate", "confidence", "domains", "levels", "descriptors")
	if !ok {
		return
	}
	f.need("from")
	one := fact.Framework{
		Key: key, Title: f.need("title"), Publisher: f.need("publisher"), Version: f.need("version"),
		Period: events.Period{From: f.day("from"), To: f.day("to")}, Note: f.text("note"), Cited: f.cited(),
	}
	f.several("domains")
	for i, n := range f.list("domains") {
		if g, ok := d.fields(n, "the domain", at(path+".domains", i), "key", "title", "description"); ok {
			one.Domains = append(one.Domains, fact.Domain{Key: fact.Key(g.need("key")), Title: g.need("title"), Description: g.text("description")})
		}
	}
	f.several("levels")
	for i, n := range f.list("levels") {
		if g, ok := d.fields(n, "the level", at(path+".levels", i), "key", "title"); ok {
			one.Levels = append(one.Levels, fact.Level{Key: fact.Key(g.need("key")), Title: g.need("title")})
		}
	}
	d.ask.MaturityFrameworks = append(d.ask.MaturityFrameworks, one)
	for _, n := range f.list("descriptors") {
		d.descriptor(n, key)
	}
}

func (d *draft) descriptor(n ast.Node, framework fact.Key) {
	f, key, ok := d.term(n, "descriptor", at("maturityDescriptors", len(d.ask.MaturityDescriptors)), "domain", "level", "text", "source", "sourceDate", "confidence")
	if !ok {
		return
	}
	d.ask.MaturityDescriptors = append(d.ask.MaturityDescriptors, fact.Descriptor{
		Key: key, Framework: framework, Domain: fact.Key(f.need("domain")), Level: fact.Key(f.need("level")), Text: f.need("text"), Cited: f.cited(),
	})
}

// several notes a list that is missing or empty.
func (f fields) several(name string) {
	if len(f.list(name)) == 0 {
		f.r.note(f.at, "%s has no %q. %s", upper(f.what), name, remedies[name])
	}
}
