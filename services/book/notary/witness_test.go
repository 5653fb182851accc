package notary

import (
	"crypto/ed25519"
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/ics-openbook/openbook/api/proof"
	"github.com/ics-openbook/openbook/api/proof/independent"
)

// A checkpoint that is published keeps the cosignatures it has when, asked again for
// the others, those who gave them do not answer.
func TestACosignatureIsNotLostAgain(t *testing.T) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	away, err := ParseWitness(independent.WitnessKey("witness.example/away", private) + " http://127.0.0.1:1/")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		missing int // of two, when it was published
		want    string
	}{{1, "with one"}, {2, "with one"}, {3, "bare"}} { // 3 is more than there are: what comes now is better
		n := &Notary{
			Options: Options{Witnesses: []Witness{away, away}, Path: filepath.Join(t.TempDir(), "book.checkpoint"), Log: slog.New(slog.DiscardHandler)},
			stands:  make([]proof.Size, 2),
		}
		n.last.Store(&published{note: []byte("with one"), missing: c.missing})
		if err := n.publish(t.Context(), proof.Checkpoint{}, []byte("bare")); err != nil {
			t.Fatal(err)
		}
		if got := string(n.last.Load().note); got != c.want {
			t.Errorf("where %d were missing, %q is published, want %q", c.missing, got, c.want)
		}
	}
}
