package platform_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/services/platform"
)

// What makes this binary a process of the platform rather than its test.
const (
	roleEnv   = "OPENBOOK_TEST_ROLE"   // "up", or the name of a service
	configEnv = "OPENBOOK_TEST_CONFIG" // a platform.Config as JSON
)

// TestMain is also the process that is killed.
func TestMain(m *testing.M) {
	if role := os.Getenv(roleEnv); role != "" {
		if err := play(role); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	status := m.Run()
	if bin.dir != "" {
		_ = os.RemoveAll(bin.dir) // in the system's folder for such things
	}
	os.Exit(status)
}

// play runs the platform, or one service, until it is told to stop. It does not
// outlive the test that started it.
func play(role string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the test does
		os.Exit(3)
	}()
	var c platform.Config
	if err := json.Unmarshal([]byte(os.Getenv(configEnv)), &c); err != nil {
		return err
	}
	c.Log = os.Stderr
	started := func(s platform.Started) {
		_ = json.NewEncoder(os.Stdout).Encode(addresses{s.URL, s.Admin}) // nobody listens: nobody asks
	}
	if role == "up" {
		return platform.Up(ctx, c, started)
	}
	return platform.Serve(ctx, role, c, started)
}

type addresses struct{ URL, Admin string }

// process is an operating system's process that a test may kill.
type process struct {
	name  string
	begin func() *exec.Cmd
	ready func(*process) error // waits until the process answers

	cmd    *exec.Cmd
	stdout io.Reader
	exited chan struct{}
	at     addresses
}

// service is a process of the platform, with an environment beside this one's.
func service(t testing.TB, role string, c platform.Config, env ...string) *process {
	t.Helper()
	c.Log = nil
	config, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{name: role}
	p.begin = func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), append(env, roleEnv+"="+role, configEnv+"="+string(config))...)
		return cmd
	}
	p.ready = func(p *process) error {
		line, err := bufio.NewReader(p.stdout).ReadBytes('\n')
		if err != nil {
			return fmt.Errorf("%s ended before it was ready", p.name)
		}
		return json.Unmarshal(line, &p.at)
	}
	p.start(t)
	return p
}

// start starts the process, for the first time or again, and waits until it is
// ready.
func (p *process) start(t testing.TB) {
	t.Helper()
	if err := p.tryStart(t); err != nil {
		t.Fatal(err)
	}
}

func (p *process) tryStart(t testing.TB) error {
	ready, err := p.launch(t)
	if err != nil {
		return err
	}
	select {
	case err := <-ready:
		return err
	case <-time.After(2 * patience):
		return fmt.Errorf("%s was not ready within %s", p.name, 2*patience)
	}
}

// launch starts the process and does not wait; ready says when it is.
func (p *process) launch(t testing.TB) (<-chan error, error) {
	p.cmd, p.exited = p.begin(), make(chan struct{})
	log := &tail{}
	p.cmd.Stderr = log
	var err1, err2 error
	_, err1 = p.cmd.StdinPipe() // stays open as long as this process lives
	p.stdout, err2 = p.cmd.StdoutPipe()
	if err := errors.Join(err1, err2, p.cmd.Start()); err != nil {
		return nil, err
	}
	cmd, exited := p.cmd, p.exited
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended long ago
		<-exited
		if t.Failed() {
			t.Logf("the log of %s (process %d) ends:\n%s", p.name, cmd.Process.Pid, log)
		}
	})
	ready := make(chan error, 1)
	go func() {
		ready <- p.ready(p)
		_, _ = io.Copy(io.Discard, p.stdout)
		_ = cmd.Wait() // whether it ended well is asked of its state
		close(exited)
	}()
	return ready, nil
}

// kill ends the process without a word, as kill -9 does.
func (p *process) kill(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatalf("%s has ended by itself: %v", p.name, err)
	}
	p.gone(t)
}

// stop asks the process to end, which it must do well.
func (p *process) stop(t testing.TB) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("%s has ended by itself: %v", p.name, err)
	}
	p.gone(t)
	if !p.cmd.ProcessState.Success() {
		t.Errorf("%s was stopped and ended with %s", p.name, p.cmd.ProcessState)
	}
}

func (p *process) gone(t testing.TB) {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience):
		t.Fatalf("%s did not end within %s", p.name, patience)
	}
}

// bin is where programs are built, once for all tests.
var bin struct{ dir string }

var natsServer = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "openbook-test-")
	if err != nil {
		return "", err
	}
	bin.dir = dir
	path := filepath.Join(dir, "nats-server")
	out, err := exec.Command("go", "build", "-o", path, "github.com/nats-io/nats-server/v2").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build nats-server: %w\n%s", err, out)
	}
	return path, nil
})

// nats is a NATS server of its own, from the deployed configuration.
func nats(t testing.TB, at, dir string, passwords map[string]string) *process {
	t.Helper()
	server, err := natsServer()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{name: "nats-server"}
	p.begin = func() *exec.Cmd {
		cmd := exec.Command(server, "-c", "../../deploy/nats.conf")
		attach(cmd)
		cmd.Env = append(os.Environ(), "OPENBOOK_NATS_NAME=test", "OPENBOOK_NATS_LISTEN="+at, "OPENBOOK_NATS_DIR="+dir)
		for user, password := range passwords {
			cmd.Env = append(cmd.Env, "OPENBOOK_NATS_"+user+"_PASSWORD="+password)
		}
		return cmd
	}
	p.ready = func(p *process) error {
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
			c, err := net.DialTimeout("tcp", at, time.Second)
			if err == nil {
				return c.Close()
			}
		}
		return fmt.Errorf("nats-server does not listen at %s within %s", at, patience)
	}
	p.start(t)
	return p
}

// ports counts those given out, from anywhere: another run of these tests may
// be about.
var ports atomic.Uint32

func init() { ports.Store(rand.Uint32()) }

// address is one of this machine's that is free, that no other caller has been
// given, and that no outgoing connection is given while its owner is down.
func address(t testing.TB) string {
	t.Helper()
	for range 100 {
		at := fmt.Sprintf("127.0.0.1:%d", 20000+ports.Add(1)%12000)
		if l, err := net.Listen("tcp", at); err == nil {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatal("no port is free")
	return ""
}
