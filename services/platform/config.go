package platform

import (
	"cmp"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/clock"
)

// Version is what this build calls itself; the linker sets it.
var Version = "0.1.0-dev"

// Config says how a process of the platform runs. Its zero value, with a Data
// folder and addresses, is enough for Up.
type Config struct {
	Data   string // folder of what must last, and of what can be made again
	Store  string // where the book is: sqlite:///path or esdb://connection; empty is a file in Data
	Listen string // host:port of the API and the pages
	Admin  string // host:port of metrics and health; empty for none

	Demo bool // whether Up puts a system that does not exist into the book, to try it with

	Documents string // folder of trusted documents, beside those of the build; empty for none
	Capacity  int    // what one client may ask for at once, in fields as they are counted; 0 is the usual
	Leak      int    // what it may ask for in each second from then on; 0 is the usual

	NATS         string // URL of the NATS server, for Serve; Up has its own, which nobody else can reach
	NATSPassword string // of the service's user, for Serve

	Issuer, Audience, KeysURL string // whose tokens are believed, for Serve

	BookKey string // file of the keys the book signs its checkpoints and receipts with; empty for book.key in Data, made at the first start
	Origin  string // the name under which the book signs, in keys that are made; empty for one of its own

	Witnesses []string // each a witness's key, a space and its address; they cosign the book's checkpoints

	SigningKey   string // file of the key the gateway signs its asks with, for Serve gateway
	Verification string // file of that key's public half, for Serve of other services

	Log       io.Writer // nil is nowhere
	LogLevel  slog.Level
	LogAsJSON bool

	Clock    clock.Clock // nil is the machine's
	MaxPages int         // bounds the book's file, where it is one, in pages of 4 KB; 0 means that the disk does
}

func (c Config) clock() clock.Clock {
	if c.Clock == nil {
		return clock.System
	}
	return c.Clock
}

// share is what one client may have of the gateway.
func (c Config) share() limit.Share {
	return limit.Share{Capacity: cmp.Or(c.Capacity, limit.Usual.Capacity), Leak: cmp.Or(c.Leak, limit.Usual.Leak)}
}

// bookFile is the book in the data folder, unless Store says that it is elsewhere.
func bookFile(c Config) string { return filepath.Join(c.Data, "book.db") }

// keysFile, in the data folder of whoever runs the network service, has the keys
// that personal values are sealed with. It lasts, and no backup of the book has it.
const keysFile = "keys.db"

// GenerateKeys writes a new pair of keys for the gateway into dir: gateway.key,
// with which it signs, and gateway.pub, which every other service is given; and
// book.key, with which the book of an origin signs. Files that exist are left
// alone and are an error.
func GenerateKeys(dir, origin string) (private, public, book string, err error) {
	pub, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", "", "", err
	}
	der, err1 := x509.MarshalPKCS8PrivateKey(key)
	pubDER, err2 := x509.MarshalPKIXPublicKey(pub)
	if err := errors.Join(err1, err2, os.MkdirAll(dir, 0o700)); err != nil {
		return "", "", "", err
	}
	private, public, book = filepath.Join(dir, "gateway.key"), filepath.Join(dir, "gateway.pub"), filepath.Join(dir, keyFile)
	if _, err := makeKeyring(book, origin); err != nil {
		return "", "", "", err
	}
	return private, public, book, errors.Join(
		writeNew(private, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600),
		writeNew(public, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pubDER}), 0o644))
}

func writeNew(path string, content []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("a key is not overwritten: %w", err)
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

func signingKey(path string) (ed25519.PrivateKey, error) {
	if path == "" {
		return nil, errors.New("the gateway's private key is missing: make one with `openbook keys DIR` and name its gateway.key by --signing-key")
	}
	parsed, err := readPEM(path, x509.ParsePKCS8PrivateKey)
	if key, ok := parsed.(ed25519.PrivateKey); ok {
		return key, nil
	}
	return nil, errors.Join(err, fmt.Errorf("%q is not the gateway's private key: make one with `openbook keys DIR` and name its gateway.key by --signing-key", path))
}

func verificationKey(path string) (ed25519.PublicKey, error) {
	if path == "" {
		return nil, errors.New("the gateway's public key is missing: make one with `openbook keys DIR` and name its gateway.pub by --verification-key")
	}
	parsed, err := readPEM(path, x509.ParsePKIXPublicKey)
	if key, ok := parsed.(ed25519.PublicKey); ok {
		return key, nil
	}
	return nil, errors.Join(err, fmt.Errorf("%q is not the gateway's public key: make one with `openbook keys DIR` and name its gateway.pub by --verification-key", path))
}

func readPEM(path string, parse func([]byte) (any, error)) (any, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, errors.New("it is not in PEM form")
	}
	return parse(block.Bytes)
}
