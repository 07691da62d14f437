//! A proxy before a mail server that loses the server's word about a letter now and then.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// More than this in one direction is a letter and no command; everything is encrypted, so only its size tells.
const LETTER: usize = 8 * 1024;

/// A proxy on a loopback port, at work as long as the process.
pub struct CutProxy {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: u16,
    one_in: usize,
    letters: AtomicUsize,
    lost: AtomicUsize,
}

impl CutProxy {
    /// Stands before the server on a port and loses the reply to one of so many letters.
    pub fn before(server: u16, one_in: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared { server, one_in, letters: AtomicUsize::new(0), lost: AtomicUsize::new(0) });
        let own = shared.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let shared = own.clone();
                // A conversation that breaks is what this proxy is for.
                thread::spawn(move || shared.carry(client));
            }
        });
        Self { port, shared }
    }

    /// How many replies it lost.
    pub fn lost(&self) -> usize {
        self.shared.lost.load(Ordering::SeqCst)
    }
}

impl Shared {
    fn carry(&self, client: TcpStream) -> io::Result<()> {
        let server = TcpStream::connect(("127.0.0.1", self.server))?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        // What the client said since the server last spoke.
        let said = Arc::new(AtomicUsize::new(0));
        let (mut from, mut to, counted) = (client.try_clone()?, server.try_clone()?, said.clone());
        thread::spawn(move || {
            let mut piece = vec![0; 64 * 1024];
            while let Ok(read @ 1..) = from.read(&mut piece) {
                counted.fetch_add(read, Ordering::SeqCst);
                if to.write_all(&piece[..read]).is_err() {
                    break;
                }
            }
            // The other direction ends by itself.
            let _ = to.shutdown(Shutdown::Write);
        });
        self.answer(server, client, &said)
    }

    /// Carries the server's words to the client, but for those that are to be lost.
    fn answer(&self, mut server: TcpStream, mut client: TcpStream, said: &AtomicUsize) -> io::Result<()> {
        let mut piece = vec![0; 64 * 1024];
        loop {
            let read = server.read(&mut piece)?;
            if read == 0 {
                return client.shutdown(Shutdown::Both);
            }
            let is_about_a_letter = said.swap(0, Ordering::SeqCst) > LETTER;
            if is_about_a_letter && (self.letters.fetch_add(1, Ordering::SeqCst) + 1).is_multiple_of(self.one_in) {
                self.lost.fetch_add(1, Ordering::SeqCst);
                client.shutdown(Shutdown::Both)?;
                // The server has taken the letter; it is left to notice that nobody listens.
                thread::sleep(Duration::from_millis(20));
                return server.shutdown(Shutdown::Both);
            }
            client.write_all(&piece[..read])?;
        }
    }
}
