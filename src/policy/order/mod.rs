//! Safety orders: from a value to a rank, and from two ranks to "weaker or not". One file per order.
