package eventstoredb_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/book/eventstoredb"
	"github.com/ics-openbook/openbook/services/book/eventstoredb/esdbtest"
	"github.com/ics-openbook/openbook/services/internal/store"
	"github.com/ics-openbook/openbook/services/internal/store/storetest"
)

// A connection string that cannot be used is refused with what to do, and never
// shown.
func TestWrongConnections(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for connection, says := range map[string]string{
		"":                                        "write it as esdb://",
		"esdb://":                                 "write it as esdb://",
		"nats://admin:hunter2@host":               "write it as esdb://",
		"esdb://admin:hunter2@host:port":          "write it as esdb://",
		"esdb://admin:hun/hunter2@host":           "write it as esdb://",
		"esdb://admin:12/hunter2@host":            "write it as esdb://",
		"esdb://admin:hunter2#@host:1":            "write it as esdb://",
		"esdb://admin:h%zzhunter2@host":           "write it as esdb://",
		"esdb://admin:hunter2@host/path":          "write it as esdb://",
		"esdb://admin:hunter2@host?tsl=false":     `it has the setting "tsl"`,
		"esdb://admin:hunter2@host?tls=perhaps":   "either true or false",
		"esdb://admin:hunter2@host?tls=1&tls=0":   `it has the setting "tls"`,
		"esdb://admin:hunter2@host?book=Open-1":   `cannot be called "Open-1"`,
		"esdb://admin:hunter2@host?book=":         `cannot be called ""`,
		"esdb://admin:hunter2@host?tls=%zz":       "of the form name=value",
		"esdb://admin:hunter2@host?tlsCAFile=no/": "no such file",
	} {
		_, err := eventstoredb.Open(t.Context(), eventstoredb.Options{Connection: connection})
		if !errors.Is(err, eventstoredb.ErrAddress) || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v", connection, err)
		}
	}
}

// Over TLS, those who are known are let in, and nobody's password is in an
// error or a log.
func TestCredentials(t *testing.T) {
	t.Parallel()
	certificate, file := certified(t)
	server := esdbtest.New(t, esdbtest.Options{
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}, User: "steward", Password: "pass%40word",
	})
	server.Password = "pass@word" // as it is once the string is read
	connection := func(password string) string {
		return "esdb://steward:" + password + "@" + server.Address() + "?tlsCAFile=" + file
	}
	var log bytes.Buffer
	o := eventstoredb.Options{Connection: connection("pass%40word"), Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	s := open(t, o)
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1)); err != nil {
		t.Fatal(err)
	}
	for what, wrong := range map[string]struct{ connection, says string }{
		"password":       {connection("pass%40wrong"), "check the user and password"},
		"no credentials": {"esdb://" + server.Address() + "?tlsCAFile=" + file, "check the user and password"},
		"no authority":   {"esdb://steward:pass%40word@" + server.Address(), "certificate"},
		"no TLS":         {"esdb://steward:pass%40word@" + server.Address() + "?tls=false", "did not answer"},
	} {
		o.Connection = wrong.connection
		_, err := eventstoredb.Open(t.Context(), o)
		if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), wrong.says) || strings.Contains(err.Error(), "pass") && !strings.Contains(err.Error(), "password") {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Contains(strings.ReplaceAll(err.Error(), "password", ""), "pass") {
			t.Errorf("%s: the password is in %v", what, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "pass@") || strings.Contains(log.String(), "pass%40") || log.Len() == 0 {
		t.Errorf("the log has a password, or nothing:\n%s", &log)
	}
}

// What only the server finds too large says so, and records nothing.
func TestTooLargeForTheServer(t *testing.T) {
	t.Parallel()
	s := open(t, eventstoredb.Options{Connection: esdbtest.New(t, esdbtest.Options{}).Connection() + "?tls=false"})
	facts := storetest.Entries(1)
	facts[0].Source = strings.Repeat("\x01", 400_000) // six bytes each, in JSON
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, facts); !errors.Is(err, store.ErrTooLarge) {
		t.Errorf("it is %v", err)
	}
	if _, err := s.Append(t.Context(), "practice-A81001", events.NoStream, storetest.Entries(1)); err != nil {
		t.Error(err)
	}
}

// certified makes a certificate for this machine, and a file of its authority.
func certified(t *testing.T) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}
