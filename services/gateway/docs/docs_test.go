package docs_test

import (
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/services/gateway/docs"
)

// Every code that the product can answer is explained, and no other.
func TestEveryCodeIsExplained(t *testing.T) {
	used := map[string]bool{"UNAUTHENTICATED": true} // written out in package identity
	code := regexp.MustCompile(`(?:New\([A-Za-z.]+,|f\.Note\(|Code:|Code\(\) string +\{ return|owed\((?:[^"]+,)?|note\((?:[^"]+,)?|f\.text\(|oneOf\(&?f,|amount\(&f,| Code +=)\s*"([A-Z_]+)"`)
	root := filepath.Join("..", "..", "..")
	platform := filepath.Join(root, "services", "platform")
	for _, top := range []string{"services", filepath.Join("api", "ask")} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err == nil && path == platform { // which answers nobody
				return fs.SkipDir
			}
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			for _, m := range code.FindAllStringSubmatch(string(b), -1) {
				used[m[1]] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var want, got []string
	for c := range used {
		want = append(want, c)
	}
	for _, p := range docs.Problems {
		got = append(got, p.Code)
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("in the code (-), on the page (+), sorted:\n%s", diff)
	}
}

func TestThePageHasAPlaceForEachCode(t *testing.T) {
	w := httptest.NewRecorder()
	docs.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/docs/problems", nil))
	for _, p := range docs.Problems {
		if !strings.Contains(w.Body.String(), `id="`+p.ID()+`"`) {
			t.Errorf("%s is not on the page", p.Code)
		}
	}
}
