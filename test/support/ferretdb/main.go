// A server that speaks the protocol of MongoDB, for tests where no MongoDB is installed: FerretDB, embedded, on SQLite.
// It keeps its data in the folder given as argument, listens on 127.0.0.1 at a free port, prints its URI, and ends
// when its standard input closes.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: ferretdb FOLDER"))
	}
	// what it keeps lives as long as the tests, and is little: time matters, not memory
	debug.SetGCPercent(1000)
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[1] + "/?_pragma=busy_timeout(600000)&_pragma=synchronous(off)",
	})
	if err != nil {
		fail(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	go func() { fmt.Println(server.MongoDBURI()) }()
	if err := server.Run(ctx); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
