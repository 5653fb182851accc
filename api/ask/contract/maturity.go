package contract

import (
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events/contract"
)

// Limits of a maturity framework. The longest there was has five domains and four
// levels.
const (
	mostDomains = 20
	mostLevels  = 10
)

func (f form) framework(m contract.Framework) {
	f.key("key", m.Key)
	f.title("title", m.Title, "The framework")
	f.title("publisher", m.Publisher, "Whoever published the framework")
	f.title("version", m.Version, "The version of the framework")
	f.begins(m.Period, "A framework")
	f.named("domains", "domain", len(m.Domains), mostDomains, func(i int) (contract.Key, string) { return m.Domains[i].Key, m.Domains[i].Title })
	for i, d := range m.Domains {
		f.remark("domains."+strconv.Itoa(i)+".description", d.Description)
	}
	f.named("levels", "level", len(m.Levels), mostLevels, func(i int) (contract.Key, string) { return m.Levels[i].Key, m.Levels[i].Title })
	f.remark("note", m.Note)
	f.cited(m.Cited)
}

// named notes what is wrong with the n domains, or levels, of a framework: there
// are none, or more than most, or two that nobody could tell apart.
func (f form) named(list, what string, n, most int, at func(int) (contract.Key, string)) {
	switch {
	case n == 0:
		f.note("LIST_EMPTY", list, "The framework has no %s. Name at least one.", what)
	case n > most:
		f.note("TOO_MANY", list, "The framework has %d %ss; %d are the most. Leave out what is not a %[2]s of it.", n, what, most)
		return
	}
	seen := map[string]bool{}
	for i := range n {
		key, title := at(i)
		path := list + "." + strconv.Itoa(i) + "."
		f.key(path+"key", key)
		f.title(path+"title", title, "The "+what)
		for _, one := range []struct{ field, name, in string }{{"key", string(key), "k "}, {"title", title, "t "}} {
			id := one.in + strings.ToLower(strings.TrimSpace(one.name))
			if one.name != "" && seen[id] {
				f.note("NAMED_TWICE", path+one.field, "Two %ss of the framework are called %q. Name each once, by a key and a title of its own.", what, ask.Clip(one.name))
			}
			seen[id] = true
		}
	}
}

func (f form) descriptor(d contract.Descriptor) {
	f.key("key", d.Key)
	f.key("framework", d.Framework)
	f.key("domain", d.Domain)
	f.key("level", d.Level)
	f.text("TEXT_INVALID", "text", d.Text, "Write how the framework describes it")
	f.cited(d.Cited)
}
