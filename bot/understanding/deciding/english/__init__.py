"""What an English clause does. A verb stands before its things, or behind them: milk is gone."""
