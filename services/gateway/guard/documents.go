package guard

import (
	"crypto/sha256"
	"embed"
	"io/fs"
)

// Limits are what a document may cost.
type Limits struct {
	Page       int // the longest page of anything
	Complexity int // fields of an answer, as gqlgen counts
	Tokens     int // of the document
}

// Documents are free, or shipped with the build and trusted: what a trusted one
// costs was known before anybody could send it.
var (
	Free    = Limits{Page: 100, Complexity: 20_000, Tokens: 1_000}
	Trusted = Limits{Page: 2_000, Complexity: 500_000, Tokens: 5_000}
)

//go:embed documents/*.graphql
var shipped embed.FS

// trusted are the documents shipped with the build, by the SHA-256 of their
// exact text.
var trusted = func() map[[sha256.Size]byte]string {
	all := map[[sha256.Size]byte]string{}
	paths, err := fs.Glob(shipped, "documents/*.graphql")
	if err != nil {
		panic(err) // the pattern is above
	}
	for _, path := range paths {
		text, err := shipped.ReadFile(path)
		if err != nil {
			panic(err) // it is in the binary
		}
		all[sha256.Sum256(text)] = string(text)
	}
	return all
}()

// Documents returns the text of every trusted document.
func Documents() (all []string) {
	for _, text := range trusted {
		all = append(all, text)
	}
	return all
}

// LimitsOf are the limits of a document.
func LimitsOf(text string) Limits {
	if _, is := trusted[sha256.Sum256([]byte(text))]; is {
		return Trusted
	}
	return Free
}
