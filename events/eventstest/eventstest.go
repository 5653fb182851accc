// Package eventstest guards the stored form of facts. What has been written
// must stay readable for ever, whatever becomes of the code that wrote it.
package eventstest

import (
	"flag"
	"testing"

	"github.com/ics-openbook/openbook/events"
)

// A golden file is a promise about what lies in books already, so the flag that
// is typed without thinking cannot change one. Changing one means that no book
// holds that fact yet; otherwise the new shape is a new version, with an upcast.
var (
	update  = flag.Bool("update", false, "write golden files that are missing; never changes one")
	rewrite = flag.String("rewrite", "", "the one stored `type` whose golden file may change; the commit says why")
)

// Run checks a domain's facts, from within the folder that declares them:
//
//   - every type with an EventType method is in the family and has one example,
//     with every field filled in, so that every stored name is seen;
//   - a stored type is called <folder>.<name>.v<number>;
//   - each example is written as testdata/<type>.json says, and reads back as
//     itself;
//   - every type the family reads has such a file, and every such file still
//     reads, those of versions no longer written too;
//   - every fact names an entity, each once, each fit to be part of a subject;
//   - every fact has a visibility class, and one that carries a sealed value is
//     not shown to everybody.
func Run[E events.Fact](t *testing.T, family events.Family[E], examples []E) {
	t.Helper()
	for _, problem := range check(".", family, examples, golden{*update, *rewrite}) {
		t.Error(problem)
	}
}

// check is Run without the test around it, so that it can be tested.
func check[E events.Fact](dir string, family events.Family[E], examples []E, files golden) (problems []error) {
	problems = append(problems, complete(dir, family.Facts(), examples)...)
	for _, e := range examples {
		problems = append(problems, wellFormed(dir, e)...)
		problems = append(problems, written(dir, family, e, files)...)
	}
	return append(problems, readable(dir, family)...)
}
