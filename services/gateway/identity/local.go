package identity

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/ics-openbook/openbook/services/internal/clock"
)

const (
	localIssuer   = "openbook-local"
	localAudience = "openbook"
	keyFile       = "issuer.key"
)

// Local issues tokens itself, for a platform that runs on one machine for the
// one who started it. Whoever can read its folder can be anybody.
type Local struct {
	signer   jose.Signer
	verifier *Verifier
	codes    codes
	clock    clock.Clock
	log      *slog.Logger
}

// OpenLocal opens the issuer whose key is in dir, and makes one where there is
// none.
func OpenLocal(dir string, c clock.Clock, log *slog.Logger) (*Local, error) {
	private, err := keyIn(dir)
	if err != nil {
		return nil, err
	}
	public := private.Public().(ed25519.PublicKey)
	id := sha256.Sum256(public)
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: private, KeyID: base64.RawURLEncoding.EncodeToString(id[:9])}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, err
	}
	verifier, err := static(Config{Issuer: localIssuer, Audience: localAudience, Clock: c, Log: log}, public)
	if err != nil {
		return nil, err
	}
	return &Local{signer: signer, verifier: verifier, codes: codes{clock: c}, clock: c, log: log}, nil
}

// Verifier believes the tokens that l mints.
func (l *Local) Verifier() *Verifier { return l.verifier }

// Mint returns a token for p that holds for ttl.
func (l *Local) Mint(p Person, ttl time.Duration) (string, error) {
	now := l.clock.Now()
	roles := make([]string, len(p.Grants))
	for i, g := range p.Grants {
		roles[i] = g.String()
	}
	return jwt.Signed(l.signer).Claims(jwt.Claims{
		Issuer: localIssuer, Subject: string(p.Ref), Audience: jwt.Audience{localAudience},
		IssuedAt: jwt.NewNumericDate(now), NotBefore: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(ttl)),
		ID: rand.Text(),
	}).Claims(map[string]any{"name": p.Name, "azp": p.Client, RolesClaim: roles}).Serialize()
}

// Loopback refuses an address that others than this machine can reach.
func (l *Local) Loopback(at net.Addr) error {
	if tcp, ok := at.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		return nil
	}
	return fmt.Errorf("%s can be reached from other machines, and anybody who reaches it could sign in as a sample person: "+
		"listen on 127.0.0.1, or run `openbook serve gateway` with --issuer and --audience of a real one", at)
}

// keyIn returns the key in dir. Of several processes that make one at once, one
// wins, and all return that one's.
func keyIn(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, keyFile)
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := makeKey(dir, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("make the key that signs tokens: %w", err)
	}
	return readKey(path)
}

func readKey(path string) (ed25519.PrivateKey, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others may read %s, which signs tokens: delete it, so that a new one is made; tokens signed by it end with it", path)
	}
	b := make([]byte, 4096)
	n, err := f.Read(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	block, _ := pem.Decode(b[:n])
	if block == nil {
		return nil, fmt.Errorf("%s is not a key: delete it, so that a new one is made", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s is not an Ed25519 key: delete it, so that a new one is made", path)
	}
	return key, nil
}

// makeKey writes a new key whole or not at all, and leaves one that is there.
func makeKey(dir, path string) (err error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, keyFile+".*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	writeErr := pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := errors.Join(writeErr, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
