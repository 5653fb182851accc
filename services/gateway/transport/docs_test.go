package transport

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// The page says of every code in the table with which status it comes, and of no
// other.
func TestThePageHasTheTable(t *testing.T) {
	page, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for line := range strings.SplitSeq(string(page), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || !strings.HasPrefix(line, "| 4") && !strings.HasPrefix(line, "| 5") {
			continue
		}
		for code := range strings.SplitSeq(cells[2], ",") {
			if code = strings.TrimSpace(code); strings.HasPrefix(code, "`") {
				said[strings.Trim(code, "`")] = strings.TrimSpace(cells[1])
			}
		}
	}
	for code, status := range statuses {
		if said[code] != fmt.Sprint(status) {
			t.Errorf("%s is answered %d; docs/api.md says %q", code, status, said[code])
		}
	}
	if len(said) != len(statuses) {
		t.Errorf("docs/api.md has %d codes with a status, the table %d", len(said), len(statuses))
	}
}
