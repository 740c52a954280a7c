"""Which figures of a release must be hidden, so that nothing that is shown gives a small number away.

`model`: what is published and how the numbers hang together. `attack`: what a reader could work out; `whole`: in whole
numbers. `protect`: what to hide, losing least. `audit`: the same attack put together afresh, over what is to be shown.
`tables`: the model of tables that share margins.
"""
