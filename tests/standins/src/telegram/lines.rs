//! The open connections, for cutting them at any moment.

use std::{
    any::Any,
    net::{Shutdown, TcpStream},
    os::fd::AsFd as _,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use actix_web::{dev::Extensions, rt::net};

/// A second handle to one connection; lives as long as the connection.
#[derive(Debug)]
pub(crate) struct Line(TcpStream);

impl Line {
    /// Closes the connection, whatever it is doing.
    pub(crate) fn cut(&self) {
        // Fails only if the other side hung up first, which is just as good.
        drop(self.0.shutdown(Shutdown::Both));
    }
}

/// All open connections.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    open: Mutex<Vec<Weak<Line>>>,
}

impl Lines {
    /// Stores a handle to a new connection, here and with the connection itself.
    pub(crate) fn add(&self, connection: &dyn Any, data: &mut Extensions) {
        if let Some(stream) = connection.downcast_ref::<net::TcpStream>()
            && let Ok(copy) = stream.as_fd().try_clone_to_owned()
        {
            let line = Arc::new(Line(copy.into()));
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.retain(|line| line.strong_count() > 0);
            open.push(Arc::downgrade(&line));
            data.insert(line);
        }
    }

    /// Closes all of them.
    pub(crate) fn cut_all(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter().filter_map(Weak::upgrade).for_each(|line| line.cut());
    }
}
