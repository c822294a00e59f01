namespace Engine.Mbufs.Wire;

/// <summary>What follows an Ethernet header (the IANA registry "IEEE 802 Numbers"). All values occur; these have names.</summary>
public enum EtherType : ushort
{
    /// <summary>Nothing known.</summary>
    None = 0,

    /// <summary>An IPv4 packet.</summary>
    IPv4 = 0x0800,

    /// <summary>ARP.</summary>
    Arp = 0x0806,

    /// <summary>A VLAN tag: IEEE 802.1Q, the customer's.</summary>
    Vlan = 0x8100,

    /// <summary>An IPv6 packet.</summary>
    IPv6 = 0x86DD,

    /// <summary>A VLAN tag: IEEE 802.1ad, the provider's.</summary>
    ProviderVlan = 0x88A8,

    /// <summary>A VLAN tag, before IEEE 802.1ad had its own number.</summary>
    LegacyProviderVlan = 0x9100,
}
