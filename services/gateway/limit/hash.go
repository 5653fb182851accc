package limit

import (
	"encoding/hex"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// DocumentID is where a transport puts a request's `documentId`, among its
// extensions: gqlgen has no place of its own for it.
const DocumentID = "documentId"

// hashSent is the hash that a request names its document by, if it does: as
// `documentId`, sha256: and 64 digits, as GraphQL over HTTP has it, or in the
// extension `persistedQuery`, as Apollo's clients do. One that cannot be read is
// no document's.
func hashSent(sent *graphql.RawParams) (h Hash, named bool) {
	if id, is := sent.Extensions[DocumentID].(string); is {
		digits, is := strings.CutPrefix(id, "sha256:")
		if is {
			h = hashFrom(digits)
		}
		return h, true
	}
	if persisted, is := sent.Extensions["persistedQuery"].(map[string]any); is {
		digits, _ := persisted["sha256Hash"].(string)
		return hashFrom(digits), true
	}
	return h, false
}

func hashFrom(digits string) (h Hash) {
	if b, err := hex.DecodeString(digits); err == nil && len(b) == len(h) {
		copy(h[:], b)
	}
	return h
}
