package notary

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ics-openbook/openbook/api/proof"
)

// Witness is somebody elsewhere who signs a checkpoint only if it continues all
// those seen before: https://c2sp.org/tlog-witness, whose client this is. With its
// cosignature nobody has to have kept a checkpoint.
type Witness struct {
	URL string // below which it has add-checkpoint
	Key proof.Key
}

// ParseWitness reads a witness's key and URL, with a space between them.
func ParseWitness(text string) (Witness, error) {
	key, address, _ := strings.Cut(strings.TrimSpace(text), " ")
	k, err := proof.ParseKey(key)
	if err != nil {
		return Witness{}, fmt.Errorf("a witness is written as its key, a space and its address: %w", err)
	}
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || !k.Witness() {
		return Witness{}, fmt.Errorf("a witness is written as its key, a space and its address, such as witness.example+c9b01e1c+BL… https://witness.example: %q is not", text)
	}
	return Witness{strings.TrimSuffix(u.String(), "/"), k}, nil
}

const (
	// witnessing bounds how long a checkpoint waits for its cosignatures before it
	// is published without those that are missing.
	witnessing = 800 * time.Millisecond
	// missed is how often a witness that has not signed the newest is asked again
	// when the book does not grow.
	missed = 10 * time.Second
	// mostLines bounds a witness's answer, in bytes.
	mostLines = 16 << 10
)

// cosign asks all witnesses at once to sign a checkpoint, and returns the note
// with the lines of those that did, and how many did not.
func (n *Notary) cosign(ctx context.Context, c proof.Checkpoint, note []byte) (_ []byte, missing int) {
	ctx, cancel := context.WithTimeout(ctx, witnessing)
	defer cancel()
	lines := make([]string, len(n.Witnesses))
	var asked sync.WaitGroup
	for i := range n.Witnesses {
		asked.Go(func() {
			var err error
			if lines[i], err = n.ask(ctx, i, c, note); err != nil {
				n.Log.InfoContext(ctx, "a witness has not signed the checkpoint; it will be asked again", "witness", n.Witnesses[i].Key.Name(), "error", err)
			}
		})
	}
	asked.Wait()
	for _, line := range lines {
		if line == "" {
			missing++
		}
		note = append(note[:len(note):len(note)], line...)
	}
	return note, missing
}

// errBehind is a witness's answer that it has seen another size than was thought.
var errBehind = errors.New("it has seen another checkpoint")

// ask asks one witness for its signature, verified. The witness says where it
// stands if it is not where it was thought to be.
func (n *Notary) ask(ctx context.Context, i int, c proof.Checkpoint, note []byte) (line string, err error) {
	if line, err = n.add(ctx, i, c, note); errors.Is(err, errBehind) {
		line, err = n.add(ctx, i, c, note)
	}
	return line, err
}

func (n *Notary) add(ctx context.Context, i int, c proof.Checkpoint, note []byte) (string, error) {
	w, old := n.Witnesses[i], n.stands[i]
	hashes, err := proof.ProveConsistency(n.Index.Hashes(), old, c.Size)
	if err != nil {
		return "", err
	}
	body := fmt.Appendf(nil, "old %d\n", old)
	for _, h := range hashes {
		body = fmt.Appendf(body, "%s\n", h)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/add-checkpoint", bytes.NewReader(append(append(body, '\n'), note...)))
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	answer, err := io.ReadAll(io.LimitReader(resp.Body, mostLines))
	if err != nil {
		return "", err
	}
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusConflict:
		size, err := strconv.ParseInt(strings.TrimSpace(string(answer)), 10, 64)
		if err != nil || proof.Size(size) > c.Size || proof.Size(size) == old {
			return "", fmt.Errorf("it has seen a checkpoint of %.40q entries, this one is of %d", answer, c.Size)
		}
		n.stands[i] = proof.Size(size)
		return "", errBehind
	default:
		return "", fmt.Errorf("it answers %q: %.200q", resp.Status, answer)
	}
	keys, err := proof.NewKeys(append(n.Keyring.Public.All(), w.Key)...)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(answer)) { // it may have several keys
		signed, err := keys.Open(append(note[:len(note):len(note)], line...))
		if err == nil && len(signed.Cosigned) == 1 {
			n.stands[i] = c.Size
			return line, nil
		}
	}
	return "", fmt.Errorf("its answer %.200q is not its signature of the checkpoint", answer)
}
