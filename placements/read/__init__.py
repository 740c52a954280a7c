"""From the files authorities hold to tables: one module per source; nothing is lost, what cannot be used says why."""
