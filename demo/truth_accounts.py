"""The truth about accounts: whose each is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from demo import columns as c
from demo.world import World


def account_table(world: World) -> pa.Table:
    """One row per account: whose it is, and how its address and number are shared."""
    people, accounts = world.people, world.accounts
    first = np.flatnonzero(people.registers)
    person = np.concatenate([first, accounts.owner])
    return pa.table(
        {
            "user_id": pa.array([*people.user_id[first].tolist(), *accounts.user_id.tolist()], pa.string()),
            "person_id": c.coded(person, people.person_id),
            "email": pa.array([accounts.mailbox[n] for n in person.tolist()], pa.string()),
            "phone": pa.array([accounts.phone[n] for n in person.tolist()], pa.string()),
            "is_verified": accounts.verified[person],
        }
    )
