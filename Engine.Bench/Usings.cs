// Cores and clocks: wherever something is measured.
global using Engine.Samples.Linux;

// Each verb has options, and any part of one may find out that what they say cannot be.
global using Engine.Samples.Options;
