package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// acquire takes the lock on a book. It is the kernel's and goes with the
// process, however that ends. It is on a file of its own because SQLite loses
// its locks on the book's file when anybody in the process closes that.
func acquire(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the book: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, readErr := io.ReadAll(io.LimitReader(f, 20))
		if err := errors.Join(readErr, f.Close()); err != nil {
			return nil, fmt.Errorf("lock the book: %w", err)
		}
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%w: process %s holds %s; stop it, or use another folder", ErrLocked, holder, path)
		}
		return nil, fmt.Errorf("lock the book %s: %w", path, err)
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, fmt.Sprint(os.Getpid()))); err != nil {
		return nil, errors.Join(fmt.Errorf("lock the book: %w", err), f.Close())
	}
	return f, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}
